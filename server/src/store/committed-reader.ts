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
  /** Only for SQL in a `queries` file; `Row` is what the statement returns. */
  prepare<Row>(sql: string): PreparedRead<Row>;
};

export function createCommittedReader(database: DatabaseSync): CommittedReader {
  const dataVersion = database.prepare("PRAGMA data_version");
  let version: number | null = null;
  const expire = (): void => {
    version = null;
  };
  return {
    version() {
      if (version !== null) return version;
      setImmediate(expire);
      version = Number(dataVersion.get()?.["data_version"]);
      return version;
    },
    expire,
    prepare<Row>(sql: string): PreparedRead<Row> {
      const statement = database.prepare(sql);
      return {
        get: (...parameters) => statement.get(...parameters) as Row | undefined,
        all: (...parameters) => statement.all(...parameters) as Row[],
      };
    },
  };
}
