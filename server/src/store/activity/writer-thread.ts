import type { SQLInputValue, StatementSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { openSqlite } from "../open-sqlite.ts";
import type { BatchOutcome, WriteBatch } from "./activity.ts";

const database = openSqlite(String(workerData));
// Activity is written behind anyway; what a power cut may take is the last moments of it, never its integrity.
database.exec("PRAGMA synchronous = NORMAL");
const statements = new Map<string, StatementSync>();

function run(sql: string, parameters: SQLInputValue[]): void {
  const statement = statements.get(sql) ?? database.prepare(sql);
  statements.set(sql, statement);
  statement.run(...parameters);
}

const explain = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Commits what can be committed; returns why the others were not, by their place. */
function commit(writes: WriteBatch["writes"]): Map<number, string> {
  const failed = new Map<number, string>();
  try {
    database.exec("BEGIN IMMEDIATE");
    for (const [index, [sql, parameters]] of writes.entries()) {
      try {
        run(sql, parameters);
      } catch (error) {
        // A statement that fails undoes itself alone, unless the whole transaction is gone (a full disk).
        if (!database.isTransaction) throw error;
        failed.set(index, explain(error));
      }
    }
    database.exec("COMMIT");
    return failed;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    return new Map(writes.map((_, index) => [index, explain(error)]));
  }
}

parentPort?.on("message", (batch: WriteBatch | "close") => {
  if (batch === "close") {
    database.close();
    parentPort?.close();
    return;
  }
  const outcome: BatchOutcome = { number: batch.number, failed: commit(batch.writes) };
  parentPort?.postMessage(outcome);
});
