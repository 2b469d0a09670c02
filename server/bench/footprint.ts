import { rmSync } from "node:fs";
import { median } from "./load.ts";
import { prepareStore } from "./prepared-store.ts";
import { residentMib, startLatchkey } from "./processes.ts";

export type FootprintRow = { startToListeningMs: number; idleMib: number; samples: number };

const SAMPLES = 7;

/** From spawning `latchkey serve` on an initialised store to the first answer, and what it then occupies. */
export async function benchFootprint(said: (line: string) => void): Promise<FootprintRow> {
  const { path } = await prepareStore(1, 1);
  const starts: number[] = [];
  const memory: number[] = [];
  for (let index = 0; index < SAMPLES; index += 1) {
    const from = performance.now();
    const latchkey = await startLatchkey(path);
    await fetch(`${latchkey.url}/healthz`);
    starts.push(performance.now() - from);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    memory.push(residentMib(latchkey.pid));
    await latchkey.stop();
  }
  rmSync(path, { recursive: true });
  const row = { startToListeningMs: median(starts), idleMib: median(memory), samples: SAMPLES };
  said(`footprint: listening after ${row.startToListeningMs.toFixed(0)} ms, ${row.idleMib.toFixed(0)} MiB idle`);
  return row;
}
