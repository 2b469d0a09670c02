import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { deploy } from "./invoke.ts";
import { median } from "./load.ts";
import { prepareStore } from "./prepared-store.ts";
import { startLatchkey } from "./processes.ts";

export type SchedulesRow = {
  schedules: number;
  takenMs: number;
  recordedMs: number;
  slowestRequestMs: number;
  samples: number;
};

const SCHEDULES = 1000;
const SAMPLES = 5;
const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 5;
/** Time enough to write the schedules down before they are due. */
const AHEAD_MS = 3000;

const COLUMNS =
  "id, namespace_id, name, function_path, cron, body, is_enabled, owner_id, created_at, updated_at, next_run_at, revision";

/** Makes schedules that are all due at one instant, and then not again within a year. */
function addSchedules(database: DatabaseSync, round: number, dueAt: number): void {
  const insert = database.prepare(
    `INSERT INTO schedules (${COLUMNS}) SELECT ?, n.id, ?, 'tick', '0 0 1 1 *', '{}', 1, m.user_id, 1, 1, ?, 1
     FROM namespaces n JOIN memberships m ON m.team_id = n.team_id`,
  );
  database.exec("BEGIN IMMEDIATE; DELETE FROM schedules");
  for (let index = 0; index < SCHEDULES; index += 1) insert.run(`${round}-${index}`, `tick ${index}`, dueAt);
  database.exec("COMMIT");
}

/** Resolves with how long after `since` this has become true. */
async function lateness(since: number, isSo: () => boolean): Promise<number> {
  while (!isSo()) {
    if (Date.now() - since > PATIENCE_MS) throw new Error("the schedules do not run");
    await sleep(LOOK_EVERY_MS);
  }
  return Date.now() - since;
}

/** A thousand schedules due in the same second: how late the last one is, and what a caller feels meanwhile. */
export async function benchSchedules(said: (line: string) => void): Promise<SchedulesRow> {
  const { path, authorizations } = await prepareStore(1, 1);
  const authorization = authorizations[0] ?? "";
  const latchkey = await startLatchkey(path);
  const database = new DatabaseSync(join(path, "latchkey.db"), { timeout: 5000 });
  const activity = new DatabaseSync(join(path, "activity.db"), { readOnly: true });
  const due = database.prepare("SELECT count(*) AS count FROM schedules WHERE next_run_at <= ?");
  const recorded = activity.prepare("SELECT count(*) AS count FROM activations");
  const taken: number[] = [];
  const done: number[] = [];
  const slowest: number[] = [];
  try {
    await deploy(latchkey, authorization, "tick");
    for (let round = 0; round < SAMPLES; round += 1) {
      const dueAt = Date.now() + AHEAD_MS;
      addSchedules(database, round, dueAt);
      const before = Number(recorded.get()?.["count"]);
      await sleep(dueAt - Date.now());
      const requests: number[] = [];
      let watching = true;
      const asking = (async () => {
        while (watching) {
          const from = performance.now();
          await (await fetch(`${latchkey.url}/api/v1/namespaces`, { headers: { authorization } })).text();
          requests.push(performance.now() - from);
        }
      })();
      taken.push(await lateness(dueAt, () => Number(due.get(dueAt)?.["count"]) === 0));
      done.push(await lateness(dueAt, () => Number(recorded.get()?.["count"]) - before >= SCHEDULES));
      watching = false;
      await asking;
      slowest.push(Math.max(...requests));
    }
  } finally {
    database.close();
    activity.close();
    await latchkey.stop();
    rmSync(path, { recursive: true });
  }
  const row = {
    schedules: SCHEDULES,
    takenMs: median(taken),
    recordedMs: median(done),
    slowestRequestMs: median(slowest),
    samples: SAMPLES,
  };
  said(
    `schedules: ${SCHEDULES} taken after ${row.takenMs.toFixed(0)} ms, on record after ${row.recordedMs.toFixed(0)} ms`,
  );
  return row;
}
