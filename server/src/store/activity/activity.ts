import { once } from "node:events";
import type { SQLInputValue } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import type { Log } from "../../kernel/log.ts";
import { type CommittedReader, createCommittedReader } from "../committed-reader.ts";
import { openSqlite } from "../open-sqlite.ts";
import { type Aside, createAside } from "./aside.ts";
import { startThread } from "./thread.ts";

const GROUP_COMMIT_MS = 8;
const LARGEST_BATCH = 512;
/** Batches on their way to the thread; beyond it writers are asked to wait, so that memory stays bounded. */
const MOST_BATCHES_UNDER_WAY = 8;

export type WriteBatch = { readonly number: number; readonly writes: [sql: string, parameters: SQLInputValue[]][] };
/** The thread's answer: why which writes of the batch could not be committed; the others are. */
export type BatchOutcome = { readonly number: number; readonly failed: ReadonlyMap<number, string> };
/** `settled` has a place for each write of the batch. */
type Pending = { batch: WriteBatch; settled: (((committed: boolean) => void) | null)[] };

/**
 * The stream of what happens (activations, uses of keys), in a database file of its own that a worker thread writes in groups:
 * it never holds the lock that a revocation needs, and never blocks the thread that answers requests.
 */
export type Activity = CommittedReader & {
  /** For reads that may take long; the others, of a few rows by key, are better off without a detour. */
  readonly aside: Pick<Aside, "all">;
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
  const aside = createAside(deps.path);
  const underWay = new Map<number, Pending>();
  let waiting: Pending = empty(1);
  let timer: NodeJS.Timeout | null = null;
  let onProgress: (() => void)[] = [];
  let thread: Worker | null = null;

  const send = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.batch.writes.length === 0) return;
    underWay.set(waiting.batch.number, waiting);
    thread ??= startWriter();
    thread.postMessage(waiting.batch);
    waiting = empty(waiting.batch.number + 1);
  };

  const progressed = (): Promise<void> => new Promise((resolve) => onProgress.push(resolve));

  const settle = ({ number, failed }: BatchOutcome): void => {
    const pending = underWay.get(number);
    underWay.delete(number);
    const [error] = failed.values();
    if (error !== undefined) deps.log.error({ error, writes: failed.size }, "activity could not be written");
    for (const [index, settled] of (pending?.settled ?? []).entries()) settled?.(!failed.has(index));
    const wake = onProgress;
    onProgress = [];
    for (const resolve of wake) resolve();
  };

  const startWriter = (): Worker => {
    const worker = startThread(new URL("./writer-thread.ts", import.meta.url), deps.path);
    let reason = "the writer thread has ended";
    worker.on("message", settle);
    worker.on("error", (error) => {
      reason = error.message;
    });
    worker.on("exit", () => {
      thread = null;
      // Nobody else will answer for what it was given. The next batch starts a thread anew.
      for (const { batch } of [...underWay.values()])
        settle({ number: batch.number, failed: new Map(batch.writes.map((_, index) => [index, reason])) });
    });
    return worker;
  };

  return {
    ...createCommittedReader(reader),
    aside,
    write(sql, parameters, settled) {
      waiting.batch.writes.push([sql, parameters]);
      waiting.settled.push(settled ?? null);
      if (waiting.batch.writes.length >= LARGEST_BATCH) send();
      else timer ??= setTimeout(send, GROUP_COMMIT_MS);
    },
    async room() {
      while (underWay.size > MOST_BATCHES_UNDER_WAY) await progressed();
    },
    async flush() {
      send();
      const last = waiting.batch.number - 1;
      // Not until nothing is under way: others go on writing. Batches are answered in the order of their numbers.
      for (let [first] = underWay.keys(); first !== undefined && first <= last; [first] = underWay.keys())
        await progressed();
    },
    async close() {
      await this.flush();
      // The readers first: whoever closes last brings the write-ahead log into the file, which a reader may not.
      await aside.close();
      reader.close();
      if (thread === null) return;
      const ended = once(thread, "exit");
      thread.postMessage("close");
      await ended;
    },
  };
}

const empty = (number: number): Pending => ({ batch: { number, writes: [] }, settled: [] });
