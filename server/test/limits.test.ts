import { expect, test } from "vitest";
import { basic, createCaller } from "./caller.ts";
import { startTestLatchkey } from "./start-test-latchkey.ts";

test("what an operator sets is what is enforced, and what the limits say", async () => {
  const latchkey = await startTestLatchkey({
    environment: {
      LATCHKEY_FIRES_PER_MINUTE: "1",
      LATCHKEY_SEQUENCE_LENGTH: "2",
      LATCHKEY_FUNCTION_SECONDS_MAX: "2",
      LATCHKEY_FUNCTION_MEMORY_MB_MAX: "128",
      LATCHKEY_FUNCTION_LOGS_MB_MAX: "1",
      LATCHKEY_FUNCTION_CODE_KB_MAX: "1",
      LATCHKEY_FUNCTION_PARAMETERS_KB_MAX: "2",
      LATCHKEY_FUNCTION_PAYLOAD_KB_MAX: "3",
    },
  });
  const caller = createCaller(latchkey.url, latchkey.token);
  const namespaceId = await caller.addNamespace();
  const authorization = basic(await caller.addKey(namespaceId));
  const ask = async (method: string, path: string, json?: unknown) => {
    const answer = await caller.send(method, `/api/v1${path}`, { authorization, json });
    return { status: answer.status, body: answer.text === "" ? undefined : JSON.parse(answer.text) };
  };
  const put = (name: string, body: object) => ask("PUT", `/namespaces/_/actions/${name}?overwrite=true`, body);
  const code = "exports.main = (args) => args";
  const exec = { kind: "nodejs:default", code };

  expect((await ask("GET", "/namespaces/_/limits")).body).toMatchObject({
    firesPerMinute: 1,
    maxActionTimeout: 2000,
    maxActionMemory: 128,
    maxActionLogs: 1,
    maxParameterSize: "2048 B",
    maxPayloadSize: "3072 B",
  });
  expect((await ask("GET", "")).body.limits).toMatchObject({
    triggers_per_minute: 1,
    sequence_length: 2,
    max_action_duration: 2000,
    max_action_memory: 128 * 1_048_576,
    max_action_logs: 1_048_576,
  });

  expect((await put("a", { exec })).body.limits).toEqual({ timeout: 2000, memory: 128, logs: 1, concurrency: 1 });
  for (const limits of [{ timeout: 2001 }, { memory: 129 }, { logs: 2 }]) {
    expect((await put("a", { limits })).status).toBe(400);
  }
  const large = (bytes: number) => "x".repeat(bytes);
  expect((await put("a", { exec: { ...exec, code: `${code}//${large(1024)}` } })).body.error).toMatch(
    /^exec larger than allowed: \d+ > 1024 bytes\.$/,
  );
  expect((await put("a", { parameters: [{ key: "k", value: large(2048) }] })).body.error).toMatch(
    /^parameters larger than allowed: \d+ > 2048 bytes\.$/,
  );
  await ask("PUT", "/namespaces/_/triggers/t", {});
  await ask("PUT", "/namespaces/_/rules/r", { trigger: "/_/t", action: "/_/a" });
  await put("a", { annotations: [{ key: "web-export", value: true }] });
  for (const path of ["/namespaces/_/actions/a", "/namespaces/_/triggers/t", `/web/${namespaceId}/default/a`]) {
    expect(await ask("POST", path, { k: large(3072) })).toMatchObject({
      status: 413,
      body: { error: expect.stringMatching(/^Request larger than allowed: \d+ > 3072 bytes\.$/) },
    });
  }
  const sequence = (length: number) => ({ exec: { kind: "sequence", components: Array(length).fill("/_/a") } });
  expect((await put("s", sequence(3))).status).toBe(400);
  expect((await put("s", sequence(2))).status).toBe(200);
  expect((await ask("POST", "/namespaces/_/triggers/t", {})).status).toBe(202);
  expect((await ask("POST", "/namespaces/_/triggers/t", {})).status).toBe(429);
});
