import type { SQLInputValue, StatementSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { openSqlite } from "../open-sqlite.ts";
import type { WriteBatch } from "./activity.ts";

const database = openSqlite(String(workerData));
// Activity is written behind anyway; what a power cut may take is the last moments of it, never its integrity.
database.exec("PRAGMA synchronous = NORMAL");
const statements = new Map<string, StatementSync>();

function run(sql: string, parameters: SQLInputValue[]): void {
  const statement = statements.get(sql) ?? database.prepare(sql);
  statements.set(sql, statement);
  statement.run(...parameters);
}

parentPort?.on("message", (batch: WriteBatch | "close") => {
  if (batch === "close") {
    database.close();
    parentPort?.close();
    return;
  }
  try {
    database.exec("BEGIN IMMEDIATE");
    for (const [sql, parameters] of batch.writes) run(sql, parameters);
    database.exec("COMMIT");
    parentPort?.postMessage({ number: batch.number, error: null });
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    parentPort?.postMessage({ number: batch.number, error: error instanceof Error ? error.message : String(error) });
  }
});
