import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** Resident memory in MiB, and open files and sockets, of a process. */
export function footprintOf(pid: number): { residentMib: number; handles: number } {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return { residentMib: Number(kib) / 1024, handles: readdirSync(`/proc/${pid}/fd`).length };
}

export type Digests = Readonly<Record<string, string>>;

/** The tables that something was changed in from one moment to another. */
export const changedBetween = (before: Digests, after: Digests): readonly string[] =>
  Object.keys(after).filter((table) => before[table] !== after[table]);

/** Looks at a server's database from outside, while the server is using it. */
export function openDigest(path: string) {
  const database = new DatabaseSync(path, { readOnly: true });
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all()
    .map(({ name }) => String(name));
  const digestOf = (table: string): string => {
    const hash = createHash("sha256");
    for (const row of database.prepare(`SELECT * FROM "${table}" ORDER BY 1, 2`).iterate()) {
      for (const value of Object.values(row)) hash.update(value instanceof Uint8Array ? value : `${value}\u0000`);
    }
    return hash.digest("hex");
  };
  return {
    tables,
    /** By table: changes when anything in it does. */
    of: (some: readonly string[]): Digests => Object.fromEntries(some.map((table) => [table, digestOf(table)])),
    /** Rows in a table. */
    count: (table: string): number => Number(database.prepare(`SELECT count(*) AS n FROM "${table}"`).get()?.["n"]),
    /** Another number whenever somebody else has committed something, whatever it was. */
    version: (): number => Number(database.prepare("PRAGMA data_version").get()?.["data_version"]),
    close: (): void => database.close(),
  };
}
