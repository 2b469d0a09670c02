import { describe, expect, test } from "vitest";
import { createInstantRuntime, outcome } from "../../../test/instant-runtime.ts";
import { ECHO, source, startTestFunctions, type TestFunctionsOptions } from "../../../test/start-test-functions.ts";
import { type Runtime, runtimeErrors } from "../../runtime/index.ts";

/** The data plane with one action, over a runtime that does as it is told. */
async function start(run: Runtime["run"], options: TestFunctionsOptions = {}) {
  const t = await startTestFunctions({ ...options, runtime: createInstantRuntime(run) });
  await t.put("/_/actions/a", source("1;"));
  return t;
}

/** A promise that a test keeps when it likes. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

describe("an action that is replaced between its look-up and its start", () => {
  test("runs as what it was replaced by, once", async () => {
    const found = gate();
    const replaced = gate();
    let loads = 0;
    const t = await start(async (action, request) => {
      loads += 1;
      if (loads === 1) {
        found.open();
        await replaced.opened;
      }
      return outcome({ code: await action.loadCode(), version: action.version, payload: request.value });
    });
    const answer = t.post("/_/actions/a?blocking=true&result=true", { n: 1 });
    await found.opened;
    await t.put("/_/actions/a?overwrite=true", source("2;"));
    replaced.open();
    expect((await answer).body).toEqual({ code: "2;", version: "0.0.2", payload: { n: 1 } });
    expect((await t.get("/_/activations?count=true")).body).toEqual({ activations: 1 });
  });

  test("is held to what its new version allows", async () => {
    const found = gate();
    const replaced = gate();
    const t = await start(async (action) => {
      found.open();
      await replaced.opened;
      return outcome({ code: await action.loadCode() });
    });
    const answer = t.post("/_/actions/a?blocking=true", { n: 1 });
    await found.opened;
    const final = { annotations: [{ key: "final", value: true }], parameters: [{ key: "n", value: 0 }] };
    await t.put("/_/actions/a?overwrite=true", { ...source("2;"), ...final });
    replaced.open();
    expect((await answer).status).toBe(400);
  });

  test.each([
    { query: "blocking=true", status: 502 },
    { query: "blocking=false", status: 202 },
  ])("is on record as gone when it was deleted: $query", async ({ query, status }) => {
    const found = gate();
    const deleted = gate();
    const t = await start(async (action) => {
      found.open();
      await deleted.opened;
      return outcome({ code: await action.loadCode() });
    });
    const answer = t.post(`/_/actions/a?${query}`);
    await found.opened;
    await t.delete("/_/actions/a");
    deleted.open();
    expect((await answer).status).toBe(status);
    await t.functions.drain();
    const [record] = (await t.get("/_/activations?docs=true")).body;
    expect(record).toMatchObject({
      statusCode: 1,
      response: {
        status: "application error",
        result: { error: "Action could not be found or may have been deleted." },
      },
    });
  });
});

describe("a run that the runtime refuses", () => {
  const refusing: Runtime["run"] = async () => {
    throw runtimeErrors.at_capacity();
  };

  test("is a 503 for whoever waits, and nothing on record, since nothing ran", async () => {
    const t = await start(refusing);
    const answer = await t.post("/_/actions/a?blocking=true");
    expect(answer).toMatchObject({ status: 503, body: { error: runtimeErrors.at_capacity.says } });
    expect(answer.body.code).toBe(answer.headers["x-request-id"]);
    expect((await t.get("/_/activations?count=true")).body).toEqual({ activations: 0 });
  });

  test.each([runtimeErrors.at_capacity, runtimeErrors.draining])(
    "is tried again when it had been accepted: nothing accepted is forgotten, nor fails for want of room (%#)",
    async (refusal) => {
      let refusals = 0;
      const t = await start(async (action, request) => {
        if (refusals < 3) {
          refusals += 1;
          throw refusal();
        }
        await action.loadCode();
        return outcome(request.value);
      });
      const { status, body } = await t.post("/_/actions/a", { n: 1 });
      expect(status).toBe(202);
      expect((await t.get(`/_/activations/${body.activationId}`)).status).toBe(404);
      await t.functions.drain();
      expect((await t.get(`/_/activations/${body.activationId}`)).body).toMatchObject({
        statusCode: 0,
        response: { result: { n: 1 } },
      });
      expect(refusals).toBe(3);
    },
  );

  test("is on record as failed when trying again would not help", async () => {
    const t = await start(async () => {
      throw new Error("of the machine");
    });
    const { body } = await t.post("/_/actions/a");
    await t.functions.drain();
    expect((await t.get(`/_/activations/${body.activationId}`)).body).toMatchObject({
      statusCode: 3,
      response: {
        status: "whisk internal error",
        success: false,
        result: { error: "Failed to provision resources to run the action." },
      },
    });
  });

  test("is on record, too, when the caller had been sent away in the meantime", async () => {
    const sent = gate();
    const t = await start(async () => {
      await sent.opened;
      throw runtimeErrors.at_capacity();
    });
    const { status, body } = await t.post("/_/actions/a?blocking=true&timeout=1");
    expect(status).toBe(202);
    sent.open();
    await t.functions.drain();
    expect((await t.get(`/_/activations/${body.activationId}`)).body.statusCode).toBe(3);
  });

  test("makes room again", async () => {
    const t = await start(refusing, { limits: { concurrentInvocations: 1 } });
    for (let count = 0; count < 3; count += 1) {
      expect((await t.post("/_/actions/a?blocking=true")).status).toBe(503);
    }
  });
});

describe("too many invocations", () => {
  test("in a minute are a 429 that says how many, whatever they were to run", async () => {
    const { put, post } = await startTestFunctions({
      runtime: createInstantRuntime(),
      limits: { invocationsPerMinute: 2 },
    });
    await put("/_/actions/a", ECHO);
    expect((await post("/_/actions/a?blocking=true")).status).toBe(200);
    expect((await post("/_/actions/none")).status).toBe(404);
    const error = "Too many requests in the last minute (count: 3, allowed: 2).";
    expect(await post("/_/actions/a")).toMatchObject({ status: 429, body: { error } });
  });

  test("at one time are a 429; what was refused or has ended does not count", async () => {
    const ended = gate();
    const t = await start(
      async () => {
        await ended.opened;
        return outcome({});
      },
      { limits: { concurrentInvocations: 2 } },
    );
    expect((await t.post("/_/actions/none")).status).toBe(404);
    expect((await t.post("/_/actions/a")).status).toBe(202);
    const waiting = t.post("/_/actions/a?blocking=true");
    await new Promise((resolve) => setImmediate(resolve));
    const error = "Too many concurrent requests in flight (count: 2, allowed: 2).";
    expect(await t.post("/_/actions/a")).toMatchObject({ status: 429, body: { error } });
    ended.open();
    expect((await waiting).status).toBe(200);
    await t.functions.drain();
    expect((await t.post("/_/actions/a?blocking=true")).status).toBe(200);
  });
});

test("an array for a result is the whole body, whether the record was asked for or not", async () => {
  const t = await start(async () => outcome([1, { code: 2 }]));
  for (const query of ["blocking=true", "blocking=true&result=true"]) {
    expect(await t.post(`/_/actions/a?${query}`)).toMatchObject({ status: 200, body: [1, { code: 2 }] });
  }
});

test("a failure of the platform is a 500 with the record, or with the error alone", async () => {
  const t = await start(async () => outcome({ error: "no" }, { status: "internal_error" }));
  expect(await t.post("/_/actions/a?blocking=true")).toMatchObject({
    status: 500,
    body: { statusCode: 3, response: { status: "whisk internal error", success: false, result: { error: "no" } } },
  });
  expect(await t.post("/_/actions/a?blocking=true&result=true")).toMatchObject({ status: 500, body: { error: "no" } });
});

test("the answer does not wait for logs, and whoever asks for the record gets it with them", async () => {
  const { promise: logs, resolve } = Promise.withResolvers<readonly string[]>();
  const t = await start(async () => outcome({}, { logs }));
  const { body } = await t.post("/_/actions/a?blocking=true");
  expect(body.logs).toEqual([]);
  const record = t.get(`/_/activations/${body.activationId}`);
  const list = t.get("/_/activations?docs=true");
  expect((await t.get("/_/activations")).body).toHaveLength(1);
  resolve(["line"]);
  expect((await record).body.logs).toEqual(["line"]);
  expect((await list).body[0].logs).toEqual(["line"]);
});

test("an action of a kind that has been retired can be read and deleted, but neither run nor updated", async () => {
  const t = await startTestFunctions({ runtime: createInstantRuntime() });
  await t.put("/_/actions/a", source("1;", {}));
  const retired = createInstantRuntime();
  const kinds = retired.kinds().map((kind) => ({ ...kind, deprecated: kind.kind === "nodejs:24" }));
  const after = await startTestFunctions({ runtime: { ...retired, kinds: () => kinds }, on: t });
  const error =
    "The 'nodejs:24' runtime is no longer supported. You may read and delete but not update or invoke this action.";
  const refused = { status: 400, body: { error } };
  expect(await after.post("/_/actions/a")).toMatchObject(refused);
  expect(await after.put("/_/actions/a?overwrite=true", {})).toMatchObject(refused);
  expect(await after.put("/_/actions/b", source("1;"))).toMatchObject(refused);
  expect((await after.get("/_/actions/a")).status).toBe(200);
  expect((await after.delete("/_/actions/a")).status).toBe(200);
});
