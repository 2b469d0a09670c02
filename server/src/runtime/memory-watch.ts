import { readFileSync } from "node:fs";
import { type Verdict, verdicts } from "./verdict.ts";

/** What the watch needs to know of a cell, and can do to it. */
type Watched = {
  readonly pid: number | undefined;
  readonly memoryMb: number;
  isBusy(): boolean;
  kill(verdict: Verdict): void;
};

/** Ends cells that take more memory than their action may. */
export type MemoryWatch = {
  /** The cell is about to run: look at it until it has come to rest. */
  follow(cell: Watched): void;
};

const INTERVAL_MS = 20;
/** A look costs some 20 us of the server's time; in one interval this is at most 2 %. */
const LOOKS_PER_INTERVAL = 16;
const ANONYMOUS_KB = /^RssAnon:\s+(\d+) kB$/m;

/**
 * V8's own limit knows of the JavaScript heap only. The kernel's RLIMIT_DATA, which would know of buffers too, cannot
 * be used: every isolate of Node 24 maps 512 MB writable and touches little of it, so that a limit tight enough to
 * matter forbids worker threads. So memory really in use is looked at, as often as it takes to allocate some 50 MB.
 */
export function createMemoryWatch(after: (delayMs: number, callback: () => void) => void): MemoryWatch {
  /** The longest not looked at first. */
  const followed = new Set<Watched>();
  let isWaiting = false;

  function wait(): void {
    if (isWaiting || followed.size === 0) return;
    isWaiting = true;
    after(INTERVAL_MS, () => {
      isWaiting = false;
      for (const cell of [...followed].slice(0, LOOKS_PER_INTERVAL)) look(cell);
      wait();
    });
  }

  function look(cell: Watched): void {
    followed.delete(cell);
    const usedMb = anonymousMb(cell.pid);
    if (usedMb === undefined) return;
    if (usedMb > cell.memoryMb) cell.kill(verdicts.outOfMemory());
    else if (cell.isBusy()) followed.add(cell);
  }

  return {
    follow: (cell) => {
      followed.add(cell);
      wait();
    },
  };
}

/** What a process has for itself alone, without the program and libraries it shares; undefined where nobody tells. */
function anonymousMb(pid: number | undefined): number | undefined {
  try {
    const kilobytes = ANONYMOUS_KB.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
