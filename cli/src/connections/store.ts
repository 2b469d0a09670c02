import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../failure.ts";
import { isMissing, makeFolder, readIfThere, replaceFile, seenByOthers } from "../private-files.ts";
import { type Connection, isNamespaceId, parseConnection, writeConnection } from "./connection.ts";

const SUFFIX = ".json";

/** The connections that this user keeps on this machine. */
export type ConnectionStore = ReturnType<typeof createConnectionStore>;

/**
 * One file per connection and one that names the current one, each replaced as a whole. No file is read, changed and written back, so two
 * commands at the same time cannot lose each other's connection, and whatever interrupts one leaves the old file or the new one.
 */
export function createConnectionStore(folder: string, warn: (text: string) => void) {
  const connections = join(folder, "connections");
  const currentFile = join(folder, "current");
  const fileOf = (namespace: string) => join(connections, `${namespace}${SUFFIX}`);

  async function read(namespace: string): Promise<Connection | null> {
    const file = fileOf(namespace);
    const text = await readIfThere(file);
    if (text === null) return null;
    const connection = parseConnection(text);
    if (connection === undefined) {
      throw new CliError(`${file} cannot be understood`, ["Remove the file and connect again: latchkey connect"]);
    }
    await warnIfReadableByOthers(file);
    return connection;
  }

  async function warnIfReadableByOthers(file: string): Promise<void> {
    if (await seenByOthers(file))
      warn(`other users of this machine can read ${file}, which holds an access key; run: chmod 600 '${file}'`);
  }

  async function list(): Promise<Connection[]> {
    const names = await readdir(connections).catch(emptyIfMissing);
    const namespaces = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
    const found = await Promise.all(namespaces.filter(isNamespaceId).sort().map(read));
    return found.filter((connection) => connection !== null);
  }

  /** The namespace of the connection in use; null if there is none. */
  async function currentNamespace(): Promise<string | null> {
    const name = (await readIfThere(currentFile))?.trim() ?? "";
    return isNamespaceId(name) ? name : null;
  }

  async function use(namespace: string): Promise<void> {
    await makeFolder(folder);
    await replaceFile(currentFile, `${namespace}\n`);
  }

  return {
    /** Where a connection's file is, for people. */
    fileOf,
    list,
    currentNamespace,
    /** The connection in use; null if there is none. */
    async current(): Promise<Connection | null> {
      const namespace = await currentNamespace();
      return namespace === null ? null : read(namespace);
    },
    use,
    /** Keeps a connection, in place of an earlier one to the same namespace, and makes it the one in use. */
    async keep(connection: Connection): Promise<void> {
      await makeFolder(folder);
      await makeFolder(connections);
      await replaceFile(fileOf(connection.namespace), writeConnection(connection));
      await use(connection.namespace);
    },
    /** Removes a connection; false if there was none. */
    async forget(namespace: string): Promise<boolean> {
      if (!isNamespaceId(namespace)) return false;
      if ((await currentNamespace()) === namespace) await rm(currentFile, { force: true });
      return rm(fileOf(namespace)).then(
        () => true,
        (error: unknown) => (isMissing(error) ? false : Promise.reject(error)),
      );
    },
  };
}

const emptyIfMissing = (error: unknown): string[] | Promise<never> => (isMissing(error) ? [] : Promise.reject(error));
