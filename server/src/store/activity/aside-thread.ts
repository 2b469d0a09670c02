import type { StatementSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { openSqlite } from "../open-sqlite.ts";
import type { Question, Reply } from "./aside.ts";

const database = openSqlite(String(workerData), { readOnly: true });
const statements = new Map<string, StatementSync>();

function answer({ number, sql, parameters }: Question): Reply {
  try {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return { number, rows: statement.all(...parameters) };
  } catch (error) {
    return { number, error: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", (question: Question | "close") => {
  if (question === "close") {
    database.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(answer(question));
});
