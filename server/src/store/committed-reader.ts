import type { DatabaseSync, SQLInputValue } from "node:sqlite";

export type PreparedRead<Row> = {
  get(...parameters: SQLInputValue[]): Row | undefined;
  all(...parameters: SQLInputValue[]): readonly Row[];
};

/**
 * Synchronous reads of committed state, on a connection of their own: a transaction that is still open in this process is
 * as invisible here as one of another process.
 */
export type CommittedReader = {
  /**
   * Changes whenever another connection, of this process or not, has committed (SQLite's `PRAGMA data_version`). Asked at most
   * once in a turn of the event loop, and again after a commit of this process: `expire` says so.
   */
  version(): number;
  expire(): void;
  /** Changes whenever another process has committed, however much this one has committed in between. Not cached. */
  foreignVersion(): number;
  /** Only for SQL in a `queries` file; `Row` is what the statement returns. */
  prepare<Row>(sql: string): PreparedRead<Row>;
};

/** `writer`: the connection that this thread writes through; where there is none, every commit counts as foreign. */
export function createCommittedReader(reader: DatabaseSync, writer: DatabaseSync = reader): CommittedReader {
  const dataVersion = prepareDataVersion(reader);
  // SQLite tells a connection of other connections' commits only, so this one knows its own from everybody else's.
  const foreignVersion = prepareDataVersion(writer);
  let version: number | null = null;
  const expire = (): void => {
    version = null;
  };
  return {
    version() {
      if (version !== null) return version;
      setImmediate(expire);
      version = dataVersion();
      return version;
    },
    expire,
    foreignVersion,
    prepare<Row>(sql: string): PreparedRead<Row> {
      const statement = reader.prepare(sql);
      return {
        get: (...parameters) => statement.get(...parameters) as Row | undefined,
        all: (...parameters) => statement.all(...parameters) as Row[],
      };
    },
  };
}

function prepareDataVersion(database: DatabaseSync): () => number {
  const statement = database.prepare("PRAGMA data_version");
  return () => Number(statement.get()?.["data_version"]);
}
