import { rmSync } from "node:fs";
import { type Comparison, compare, median } from "./load.ts";
import { prepareStore } from "./prepared-store.ts";
import { type Subject, startBare, startLatchkey } from "./processes.ts";

export type WarmRow = Comparison & { connections: number };
export type ColdRow = { coldP50Ms: number; coldP99Ms: number; bareP50Ms: number; nodeStartMs: number; samples: number };

const HELLO = "exports.main = (event) => ({ greeting: 'Hello ' + event.name })";
const COLD_SAMPLES = 41;

async function deploy(server: Subject, authorization: string, name: string): Promise<void> {
  const answer = await fetch(`${server.url}/api/v1/namespaces/_/actions/${name}?overwrite=true`, {
    method: "PUT",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ exec: { kind: "nodejs:default", code: HELLO }, limits: { timeout: 10_000, memory: 128 } }),
  });
  if (!answer.ok) throw new Error(`deploying failed: ${await answer.text()}`);
}

async function inPrepared<T>(
  work: (latchkey: Subject, bare: Subject, authorization: string) => Promise<T>,
): Promise<T> {
  const { path, authorizations } = await prepareStore(1, 1);
  const [bare, latchkey] = [await startBare(), await startLatchkey(path)];
  try {
    return await work(latchkey, bare, authorizations[0] ?? "");
  } finally {
    await Promise.all([bare.stop(), latchkey.stop()]);
    rmSync(path, { recursive: true });
  }
}

/** A recorded, blocking invocation of a function that is warm. */
export const benchWarm = (said: (line: string) => void): Promise<WarmRow[]> =>
  inPrepared(async (latchkey, bare, authorization) => {
    await deploy(latchkey, authorization, "hello");
    const rows: WarmRow[] = [];
    for (const connections of [1, 32]) {
      const path = "/api/v1/namespaces/_/actions/hello?blocking=true&result=true";
      const load = {
        path,
        method: "POST",
        body: '{"name":"Sam"}',
        connections,
        seconds: 3,
        authorizations: [authorization],
      } as const;
      const compared = await compare(latchkey, bare, load, 5);
      rows.push({ connections, ...compared });
      said(`warm invoke: ${connections} connections: ${compared.ratio.toFixed(3)} of bare`);
    }
    return rows;
  });

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** The first invocation of a function that was just deployed, one at a time. */
export const benchCold = (said: (line: string) => void): Promise<ColdRow> =>
  inPrepared(async (latchkey, bare, authorization) => {
    const { execFile } = await import("node:child_process");
    const nodeStart = (): Promise<void> =>
      new Promise((resolve) => execFile(process.execPath, ["-e", "0"], { env: {} }, () => resolve()));
    const cold: number[] = [];
    const plain: number[] = [];
    const start: number[] = [];
    for (let index = 0; index < COLD_SAMPLES; index += 1) {
      await deploy(latchkey, authorization, `cold-${index}`);
      const invoke = async (): Promise<void> => {
        const url = `${latchkey.url}/api/v1/namespaces/_/actions/cold-${index}?blocking=true&result=true`;
        const answer = await fetch(url, { method: "POST", headers: { authorization } });
        if (answer.status !== 200)
          throw new Error(`a cold invocation answered ${answer.status}: ${await answer.text()}`);
        await answer.text();
      };
      cold.push(await timed(invoke));
      plain.push(await timed(() => fetch(bare.url).then((answer) => answer.text())));
      start.push(await timed(nodeStart));
    }
    const p99 = cold.toSorted((a, b) => a - b)[Math.floor(cold.length * 0.99)] ?? Number.NaN;
    said(`cold invoke: ${median(cold).toFixed(1)} ms, node -e 0: ${median(start).toFixed(1)} ms`);
    return {
      coldP50Ms: median(cold),
      coldP99Ms: p99,
      bareP50Ms: median(plain),
      nodeStartMs: median(start),
      samples: COLD_SAMPLES,
    };
  });
