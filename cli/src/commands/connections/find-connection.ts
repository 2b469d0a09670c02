import type { Connection } from "../../connections/connection.ts";
import type { ConnectionStore } from "../../connections/store.ts";
import { CliError } from "../../failure.ts";

/** The connection that is kept under this id or label. */
export async function findConnection(connections: ConnectionStore, idOrLabel: string): Promise<Connection> {
  const kept = await connections.list();
  const exact = kept.find(({ namespace }) => namespace === idOrLabel);
  const [found, ...more] = exact === undefined ? kept.filter(({ label }) => label === idOrLabel) : [exact];
  if (found === undefined) {
    throw new CliError(`no connection to '${idOrLabel}' is kept here`, [
      "See which are: latchkey connections list",
      "Connect: latchkey connect",
    ]);
  }
  if (more.length === 0) return found;
  throw new CliError(`several connections have the label '${idOrLabel}'`, [
    `Say it by id: ${[found, ...more].map(({ namespace }) => namespace).join(", ")}`,
  ]);
}
