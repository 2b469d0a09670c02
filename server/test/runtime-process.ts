import { systemClock } from "../src/kernel/clock.ts";
import { systemRandom } from "../src/kernel/random.ts";
import { createRuntime, runtimeSizeFor } from "../src/runtime/index.ts";
import { silentLog } from "./silent-log.ts";

/**
 * A server that is nothing but a runtime, to be killed: `node runtime-process.ts <folder> <code>...`. Runs every code once,
 * without waiting, and prints each result as a line of JSON.
 */
const [, , scratchDirectory = "", ...codes] = process.argv;
const runtime = createRuntime({
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  config: { ...runtimeSizeFor({ memoryMb: 8192, cores: 2 }), scratchDirectory },
});

for (const [index, code] of codes.entries()) {
  const action = {
    namespaceId: "fn-1111",
    qualifiedName: `/fn-1111/${index}`,
    version: "0.0.1",
    revision: "1",
    kind: "nodejs:24",
    main: "",
    binary: false,
    loadCode: async () => code,
    environment: {},
    limits: { timeoutMs: 60_000, memoryMb: 128, logsBytes: 1000 },
  };
  const request = {
    activationId: "a".repeat(32),
    transactionId: "t",
    apiHost: "",
    apiKey: null,
    begin: null,
    value: {},
  };
  void runtime.run(action, request).then(({ result }) => process.stdout.write(`${JSON.stringify(result)}\n`));
}
