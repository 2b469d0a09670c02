import { rmSync } from "node:fs";
import { z } from "zod";
import { type Comparison, compare, type Load, median } from "./load.ts";
import { prepareStore } from "./prepared-store.ts";
import { type Subject, startBare, startLatchkey } from "./processes.ts";

export type WarmRow = Comparison & { connections: number };
export type ColdRow = { coldP50Ms: number; coldP99Ms: number; bareP50Ms: number; nodeStartMs: number; samples: number };

const HELLO = "exports.main = (event) => ({ greeting: 'Hello ' + event.name })";
const COLD_SAMPLES = 41;

type Definition = { exec: Record<string, unknown>; annotations?: { key: string; value: unknown }[] };

async function put(server: Subject, authorization: string, name: string, definition: Definition): Promise<void> {
  const answer = await fetch(`${server.url}/api/v1/namespaces/_/actions/${name}?overwrite=true`, {
    method: "PUT",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ limits: { timeout: 10_000, memory: 128 }, ...definition }),
  });
  if (!answer.ok) throw new Error(`deploying failed: ${await answer.text()}`);
}

/** Deploys a function that answers at once. */
export const deploy = (server: Subject, authorization: string, name: string): Promise<void> =>
  put(server, authorization, name, { exec: { kind: "nodejs:default", code: HELLO } });

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

type Asked = Pick<Load, "path" | "method" | "body" | "authorizations">;

/** Compares what is warm with the bare server, with one connection and with many. */
async function warmRows(
  what: string,
  subjects: { latchkey: Subject; bare: Subject },
  asked: Asked,
  said: (line: string) => void,
): Promise<WarmRow[]> {
  const rows: WarmRow[] = [];
  for (const connections of [1, 32]) {
    const compared = await compare(subjects.latchkey, subjects.bare, { ...asked, connections, seconds: 3 }, 5);
    rows.push({ connections, ...compared });
    said(`${what}: ${connections} connections: ${compared.ratio.toFixed(3)} of bare`);
  }
  return rows;
}

const blocking = (name: string, body: string, authorization: string): Asked => ({
  path: `/api/v1/namespaces/_/actions/${name}?blocking=true&result=true`,
  method: "POST",
  body,
  authorizations: [authorization],
});

/** A recorded, blocking invocation of a function that is warm. */
export const benchWarm = (said: (line: string) => void): Promise<WarmRow[]> =>
  inPrepared(async (latchkey, bare, authorization) => {
    await deploy(latchkey, authorization, "hello");
    return warmRows("warm invoke", { latchkey, bare }, blocking("hello", '{"name":"Sam"}', authorization), said);
  });

/** A recorded call over the web of a function that is warm, by somebody without a credential. */
export const benchWeb = (said: (line: string) => void): Promise<WarmRow[]> =>
  inPrepared(async (latchkey, bare, authorization) => {
    await put(latchkey, authorization, "page", {
      exec: { kind: "nodejs:default", code: "exports.main = (event) => ({ body: 'Hello ' + event.name })" },
      annotations: [{ key: "web-export", value: true }],
    });
    const own = await fetch(`${latchkey.url}/api/v1/namespaces`, { headers: { authorization } });
    const [namespace] = z.tuple([z.string()]).parse(await own.json());
    const path = `/api/v1/web/${namespace}/default/page?name=Sam`;
    return warmRows("web action", { latchkey, bare }, { path }, said);
  });

/** A blocking invocation of a sequence of three functions that are warm; it and each of them is recorded. */
export const benchSequence = (said: (line: string) => void): Promise<WarmRow[]> =>
  inPrepared(async (latchkey, bare, authorization) => {
    const names = ["first", "second", "third"];
    for (const name of names) {
      await put(latchkey, authorization, name, {
        exec: { kind: "nodejs:default", code: "exports.main = (event) => event" },
      });
    }
    const components = names.map((name) => `/_/${name}`);
    await put(latchkey, authorization, "all", { exec: { kind: "sequence", components } });
    return warmRows("sequence of three", { latchkey, bare }, blocking("all", '{"name":"Sam"}', authorization), said);
  });

/** An invocation that nobody waits for: it is answered when it is written down, and runs meanwhile. */
export const benchAccepted = (said: (line: string) => void): Promise<WarmRow[]> =>
  inPrepared(async (latchkey, bare, authorization) => {
    await deploy(latchkey, authorization, "hello");
    const asked = { ...blocking("hello", '{"name":"Sam"}', authorization), path: "/api/v1/namespaces/_/actions/hello" };
    return warmRows("accepted", { latchkey, bare }, asked, said);
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
