import { execFile } from "node:child_process";
import { promisify } from "node:util";

const SCRIPT = `
  const { DatabaseSync } = require("node:sqlite");
  const [, path, sql] = process.argv;
  const database = new DatabaseSync(path);
  database.exec("PRAGMA busy_timeout = 5000");
  database.exec("BEGIN IMMEDIATE; " + sql + "; COMMIT");
  database.close();`;

/** Another process that opens the database file and writes to it: a colleague's tool, a script at night. Resolves when it is done. */
export async function writeAsStranger(databasePath: string, sql: string): Promise<void> {
  await promisify(execFile)(process.execPath, ["-e", SCRIPT, databasePath, sql]);
}
