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
  /** Changes whenever another connection, of this process or not, has committed (SQLite's `PRAGMA data_version`). */
  version(): number;
  /** Only for SQL in a `queries` file; `Row` is what the statement returns. */
  prepare<Row>(sql: string): PreparedRead<Row>;
};

export function createCommittedReader(database: DatabaseSync): CommittedReader {
  const dataVersion = database.prepare("PRAGMA data_version");
  dataVersion.setReturnArrays(true);
  return {
    version: () => Number((dataVersion.get() as unknown as [number])[0]),
    prepare<Row>(sql: string): PreparedRead<Row> {
      const statement = database.prepare(sql);
      return {
        get: (...parameters) => statement.get(...parameters) as Row | undefined,
        all: (...parameters) => statement.all(...parameters) as Row[],
      };
    },
  };
}
