import { once } from "node:events";
import type { SQLInputValue } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { startThread } from "./thread.ts";

export type Question = { readonly number: number; readonly sql: string; readonly parameters: readonly SQLInputValue[] };
export type Reply = { readonly number: number; readonly rows: readonly unknown[] } | { number: number; error: string };
type Waiting = { resolve(rows: readonly unknown[]): void; reject(error: Error): void };

/**
 * Reads that may go through millions of rows, on a thread of their own: none of them keeps a request waiting that is not a read
 * of this kind itself. The thread is started by the first.
 */
export function createAside(path: string) {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | null = null;
  let last = 0;

  const settle = (reply: Reply): void => {
    const asked = waiting.get(reply.number);
    waiting.delete(reply.number);
    if ("rows" in reply) asked?.resolve(reply.rows);
    else asked?.reject(new Error(reply.error));
  };

  const start = (): Worker => {
    const worker = startThread(new URL("./aside-thread.ts", import.meta.url), path);
    let reason = "the reader thread has ended";
    worker.on("message", settle);
    worker.on("error", (error) => {
      reason = error.message;
    });
    worker.on("exit", () => {
      thread = null;
      // Nobody else will answer what it was asked. The next question starts a thread anew.
      for (const number of [...waiting.keys()]) settle({ number, error: reason });
    });
    return worker;
  };

  return {
    /** Only for SQL in a `queries` file; `Row` is what the statement returns. */
    all<Row>(sql: string, parameters: readonly SQLInputValue[]): Promise<readonly Row[]> {
      return new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve: (rows) => resolve(rows as readonly Row[]), reject });
        thread ??= start();
        thread.postMessage({ number: last, sql, parameters } satisfies Question);
      });
    },
    async close(): Promise<void> {
      if (thread === null) return;
      const ended = once(thread, "exit");
      thread.postMessage("close");
      await ended;
    },
  };
}

export type Aside = ReturnType<typeof createAside>;
