import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { systemClock } from "../src/kernel/clock.ts";
import { randomHex, systemRandom } from "../src/kernel/random.ts";
import {
  type ActionToRun,
  createRuntime,
  type JsonValue,
  type RunOutcome,
  type RuntimeConfig,
  runtimeSizeFor,
} from "../src/runtime/index.ts";
import { silentLog } from "./silent-log.ts";

/** What a test may say of an action; the rest has defaults. */
export type ActionParts = Partial<Omit<ActionToRun, "limits" | "loadCode">> & {
  limits?: Partial<ActionToRun["limits"]>;
};

/** An action with this code, and a revision that no other has. */
export function actionOf(code: string, parts: ActionParts = {}): ActionToRun {
  return {
    namespaceId: "fn-1111",
    qualifiedName: "/fn-1111/sample/hello",
    version: "0.0.3",
    revision: randomHex(systemRandom, 8),
    kind: "nodejs:24",
    main: "",
    binary: false,
    loadCode: async () => code,
    environment: {},
    ...parts,
    limits: { timeoutMs: 10_000, memoryMb: 256, logsBytes: 1024 * 1024, ...parts.limits },
  };
}

/** What came of a run, its log lines without their timestamps. */
export type TriedOut = Omit<RunOutcome, "logs"> & { readonly logs: readonly string[] };

/** A runtime with real processes, in a folder of its own; both are gone when the test ends. */
export function startTestRuntime(config: Partial<RuntimeConfig> = {}) {
  const scratchDirectory = mkdtempSync(join(tmpdir(), "latchkey-runtime-"));
  const runtime = createRuntime({
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    config: { ...runtimeSizeFor({ memoryMb: 8192, cores: 2 }), scratchDirectory, ...config },
  });
  onTestFinished(async () => {
    await runtime.drain(0);
    rmSync(scratchDirectory, { recursive: true, force: true });
  });

  /** Runs an action and waits for its logs. */
  async function run(action: ActionToRun, value: JsonValue = {}): Promise<TriedOut> {
    const activationId = randomHex(systemRandom, 16);
    const request = {
      activationId,
      transactionId: "tx-1",
      apiHost: "https://faas.example.com",
      apiKey: null,
      begin: null,
      value,
    };
    const outcome = await runtime.run(action, request);
    return {
      ...outcome,
      logs: (await outcome.logs).map((line) => line.slice("2026-03-23T09:15:00.000000000Z ".length)),
    };
  }

  return {
    runtime,
    scratchDirectory,
    run,
    tryOut: (code: string, value?: JsonValue, parts?: ActionParts) => run(actionOf(code, parts), value),
    /** The folders that processes have now. */
    folders: () => readdirSync(scratchDirectory).flatMap((root) => readdirSync(join(scratchDirectory, root))),
  };
}
