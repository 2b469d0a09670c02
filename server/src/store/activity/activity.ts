import { getCompileCacheDir } from "node:module";
import type { SQLInputValue } from "node:sqlite";
import { Worker } from "node:worker_threads";
import type { Log } from "../../kernel/log.ts";
import { type CommittedReader, createCommittedReader } from "../committed-reader.ts";
import { openSqlite } from "../open-sqlite.ts";

const GROUP_COMMIT_MS = 8;
const LARGEST_BATCH = 512;
/** Batches on their way to the thread; beyond it writers are asked to wait, so that memory stays bounded. */
const MOST_BATCHES_UNDER_WAY = 8;

export type WriteBatch = { readonly number: number; readonly writes: [sql: string, parameters: SQLInputValue[]][] };
type Pending = { batch: WriteBatch; settled: ((committed: boolean) => void)[] };

/**
 * The stream of what happens (activations, uses of keys), in a database file of its own that a worker thread writes in groups:
 * it never holds the lock that a revocation needs, and never blocks the thread that answers requests.
 */
export type Activity = CommittedReader & {
  /** Queues one statement. `settled` is called once it is committed, or with false if it could not be. */
  write(sql: string, parameters: SQLInputValue[], settled?: (committed: boolean) => void): void;
  /** Resolves at once while the writer keeps up; otherwise when it has caught up. */
  room(): Promise<void>;
  /** Resolves when everything queued so far is committed. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

export function createActivity(deps: { path: string; log: Log }): Activity {
  const reader = openSqlite(deps.path, { readOnly: true });
  // Threads do not inherit the compile cache; without it, compiling TypeScript takes each of them some 20 MB.
  const compileCache = getCompileCacheDir();
  const worker = new Worker(new URL("./writer-thread.ts", import.meta.url), {
    workerData: deps.path,
    env: compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache },
  });
  const underWay = new Map<number, Pending>();
  let waiting: Pending = empty(1);
  let timer: NodeJS.Timeout | null = null;
  let onProgress: (() => void)[] = [];

  const send = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.batch.writes.length === 0) return;
    underWay.set(waiting.batch.number, waiting);
    worker.postMessage(waiting.batch);
    waiting = empty(waiting.batch.number + 1);
  };

  const progressed = (): Promise<void> => new Promise((resolve) => onProgress.push(resolve));

  const settle = (number: number, error: string | null): void => {
    const pending = underWay.get(number);
    underWay.delete(number);
    if (error !== null)
      deps.log.error({ error, writes: pending?.batch.writes.length }, "activity could not be written");
    for (const settled of pending?.settled ?? []) settled(error === null);
    const wake = onProgress;
    onProgress = [];
    for (const resolve of wake) resolve();
  };

  worker.on("message", ({ number, error }: { number: number; error: string | null }) => settle(number, error));
  worker.on("error", (error) => {
    for (const number of [...underWay.keys()]) settle(number, error.message);
  });
  return {
    ...createCommittedReader(reader),
    write(sql, parameters, settled) {
      waiting.batch.writes.push([sql, parameters]);
      if (settled !== undefined) waiting.settled.push(settled);
      if (waiting.batch.writes.length >= LARGEST_BATCH) send();
      else timer ??= setTimeout(send, GROUP_COMMIT_MS);
    },
    async room() {
      while (underWay.size > MOST_BATCHES_UNDER_WAY) await progressed();
    },
    async flush() {
      send();
      while (underWay.size > 0) await progressed();
    },
    async close() {
      await this.flush();
      worker.postMessage("close");
      await new Promise((resolve) => worker.once("exit", resolve));
      reader.close();
    },
  };
}

const empty = (number: number): Pending => ({ batch: { number, writes: [] }, settled: [] });
