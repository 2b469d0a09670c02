import { describe, expect, test } from "vitest";
import { createInstantRuntime, outcome } from "../../../test/instant-runtime.ts";
import {
  ECHO,
  NAMESPACE,
  OTHER_NAMESPACE,
  principal,
  source,
  startTestFunctions,
  type TestFunctionsOptions,
} from "../../../test/start-test-functions.ts";

/** The data plane with an action that gives back what it is called with, and a trigger. */
async function start(options: TestFunctionsOptions = {}) {
  const t = await startTestFunctions({ runtime: createInstantRuntime(), ...options });
  await t.put("/_/actions/echo", ECHO);
  await t.put("/_/triggers/t", { parameters: [{ key: "who", value: "trigger" }] });
  const rule = (name: string, action = "/_/echo", trigger = "/_/t") => t.put(`/_/rules/${name}`, { trigger, action });
  /** What a run of an action was called with, by its id. */
  const calledWith = async (id: string) => {
    await t.functions.drain();
    return (await t.get(`/_/activations/${id}`)).body.response.result;
  };
  const fire = async (payload?: unknown, path = "/_/triggers/t") => {
    const answer = await t.post(path, payload);
    const id: string | undefined = answer.body?.activationId;
    const record = id === undefined ? undefined : (await t.get(`/_/activations/${id}`)).body;
    return { ...answer, record, logs: (record?.logs ?? []).map((line: string) => JSON.parse(line)) };
  };
  return { ...t, rule, fire, calledWith };
}

describe("a trigger", () => {
  test("is created, replaced in part, listed, counted and deleted", async () => {
    const t = await start();
    const created = await t.put("/_/triggers/new", {
      annotations: [{ key: "feed", value: "/ns/pkg/clock" }],
      publish: true,
    });
    expect(created).toMatchObject({ status: 200 });
    expect(created.body).toEqual({
      namespace: NAMESPACE,
      name: "new",
      version: "0.0.1",
      publish: true,
      updated: t.clock.now(),
      annotations: [{ key: "feed", value: "/ns/pkg/clock" }],
      parameters: [],
      limits: {},
    });
    expect((await t.put("/_/triggers/new", {})).status).toBe(409);
    t.clock.advance(1);
    const replaced = await t.put("/_/triggers/new?overwrite=true", { parameters: [{ key: "a", value: 1 }] });
    expect(replaced.body).toEqual({
      ...created.body,
      version: "0.0.2",
      updated: t.clock.now(),
      parameters: [{ key: "a", value: 1 }],
    });
    expect((await t.get("/_/triggers/new")).body).toEqual(replaced.body);
    const { parameters: _parameters, limits: _limits, ...summary } = replaced.body;
    expect((await t.get("/_/triggers")).body).toMatchObject([summary, { name: "t" }]);
    expect((await t.get("/_/triggers/?limit=1")).body).toEqual([summary]);
    expect((await t.get("/_/triggers?count=true&skip=1")).body).toEqual({ triggers: 1 });
    expect((await t.delete("/_/triggers/new")).body).toEqual(replaced.body);
    expect((await t.get("/_/triggers/new")).status).toBe(404);
    expect((await t.delete("/_/triggers/new")).status).toBe(404);
    expect((await t.put("/_/triggers/new", {})).body.version).toBe("0.0.1");
  });

  test.each([{ value: 7 }, { value: "no/path/" }, { value: "" }, { value: null }])(
    "with $value for a feed is a 400",
    async ({ value }) => {
      const t = await start();
      const answer = await t.put("/_/triggers/x", { annotations: [{ key: "feed", value }] });
      expect(answer).toMatchObject({ status: 400, body: { error: "Feed name is not valid" } });
    },
  );

  test("shares its names with everything else", async () => {
    const t = await start();
    const error = "Resource by this name exists but is not in this collection.";
    const conflict = { status: 409, body: { error } };
    for (const path of ["actions/t", "packages/t", "rules/t"]) {
      expect(await t.get(`/_/${path}`)).toMatchObject(conflict);
      expect(await t.delete(`/_/${path}`)).toMatchObject(conflict);
    }
    expect(await t.put("/_/actions/t?overwrite=true", ECHO)).toMatchObject(conflict);
    expect(await t.put("/_/packages/t?overwrite=true", {})).toMatchObject(conflict);
    expect(await t.put("/_/triggers/echo?overwrite=true", {})).toMatchObject(conflict);
    expect(await t.put("/_/rules/t?overwrite=true", { trigger: "/_/t", action: "/_/echo" })).toMatchObject(conflict);
    expect(await t.post("/_/actions/t")).toMatchObject(conflict);
    expect(await t.post("/_/triggers/echo")).toMatchObject(conflict);
  });

  test("needs a body to be made", async () => {
    const t = await start();
    expect((await t.put("/_/triggers/x")).status).toBe(400);
    expect((await t.put("/_/triggers/x", [])).status).toBe(400);
    expect((await t.put("/_/triggers/x", { parameters: {} })).status).toBe(400);
  });

  test("of another namespace is refused, whether it is there or not", async () => {
    const t = await start();
    const stranger = t.as({ ...principal(), namespaceId: OTHER_NAMESPACE });
    for (const path of [`/${NAMESPACE}/triggers/t`, `/${NAMESPACE}/triggers/none`, `/${NAMESPACE}/rules/none`]) {
      for (const answer of [await stranger.get(path), await stranger.delete(path), await stranger.post(path, {})]) {
        expect(answer.status).toBe(403);
      }
    }
    expect((await stranger.get(`/${NAMESPACE}/triggers`)).status).toBe(403);
    expect((await stranger.get(`/${NAMESPACE}/rules`)).status).toBe(403);
  });
});

describe("firing", () => {
  test("without an active rule is a 204 that leaves no record", async () => {
    const t = await start();
    expect(await t.fire()).toMatchObject({ status: 204, body: undefined });
    await t.rule("r");
    await t.post("/_/rules/r", { status: "inactive" });
    const answer = await t.post("/_/triggers/t", {});
    expect(answer.status).toBe(204);
    expect(answer.headers).not.toHaveProperty("x-openwhisk-activation-id");
    expect((await t.get("/_/activations?count=true")).body).toEqual({ activations: 0 });
    expect((await t.post("/_/triggers/none")).status).toBe(404);
  });

  test("runs the actions of its active rules, and says so in its record", async () => {
    const t = await start();
    await t.put("/_/packages/p", {});
    await t.put("/_/actions/p/other", ECHO);
    await t.rule("a");
    await t.rule("b", "/_/p/other");
    await t.rule("c");
    await t.post("/_/rules/c", { status: "inactive" });
    const { status, body, headers, record, logs } = await t.fire({ n: 1 });
    expect(status).toBe(202);
    expect(headers["x-openwhisk-activation-id"]).toBe(body.activationId);
    const names = { namespace: NAMESPACE, name: "t" };
    expect(record).toMatchObject({ ...names, version: "0.0.1", subject: "user-1", activationId: body.activationId });
    expect(record.response).toMatchObject({ status: "success", success: true, result: { n: 1 } });
    for (const absent of ["end", "duration", "cause", "statusCode"]) expect(record).not.toHaveProperty(absent);
    expect(logs).toEqual([
      {
        statusCode: 0,
        success: true,
        activationId: expect.stringMatching(/^[0-9a-f]{32}$/),
        rule: `${NAMESPACE}/a`,
        action: `${NAMESPACE}/echo`,
      },
      {
        statusCode: 0,
        success: true,
        activationId: expect.any(String),
        rule: `${NAMESPACE}/b`,
        action: `${NAMESPACE}/p/other`,
      },
      {
        statusCode: 1,
        success: false,
        rule: `${NAMESPACE}/c`,
        error: `Rule '${NAMESPACE}/c' is inactive, action '${NAMESPACE}/echo' was not activated.`,
        action: `${NAMESPACE}/echo`,
      },
    ]);
    for (const { activationId } of logs.slice(0, 2)) {
      expect(await t.calledWith(activationId)).toMatchObject({ who: "trigger", n: 1 });
      expect((await t.get(`/_/activations/${activationId}`)).body).not.toHaveProperty("cause");
    }
    const [listed] = (await t.get("/_/activations?name=t")).body;
    for (const absent of ["end", "duration", "statusCode"]) expect(listed).not.toHaveProperty(absent);
  });

  test("gives parameters, headers and payload, the later over the earlier", async () => {
    const t = await start();
    await t.rule("r");
    const { logs } = await t.fire({ who: "payload" });
    const { __ow_headers, ...others } = await t.calledWith(logs[0].activationId);
    expect(others).toEqual({ who: "payload" });
    expect(__ow_headers).toMatchObject({ "content-type": "application/json" });
  });

  test("gives no function the credential that it was fired with", async () => {
    const t = await start();
    await t.rule("r");
    const { logs } = await t.fire();
    expect(JSON.stringify(await t.calledWith(logs[0].activationId))).not.toContain("Basic");
  });

  test("goes on with the other rules when one is refused", async () => {
    const t = await start();
    const final = { annotations: [{ key: "final", value: true }], parameters: [{ key: "n", value: 0 }] };
    await t.put("/_/actions/final", { ...ECHO, ...final });
    await t.put("/_/actions/gone", ECHO);
    for (const action of ["final", "gone", "echo"]) await t.rule(`r-${action}`, `/_/${action}`);
    await t.delete("/_/actions/gone");
    const { status, logs } = await t.fire({ n: 1 });
    expect(status).toBe(202);
    const errors = Object.fromEntries(logs.map((log: { action: string; error?: string }) => [log.action, log.error]));
    expect(errors).toEqual({
      [`${NAMESPACE}/final`]: "Request defines parameters that are not allowed (e.g., reserved properties).",
      [`${NAMESPACE}/gone`]: "The requested resource does not exist.",
      [`${NAMESPACE}/echo`]: undefined,
    });
  });

  test("is bounded by the minute on its own, and what it runs counts as invoked", async () => {
    const t = await start({ limits: { firesPerMinute: 2, invocationsPerMinute: 1 } });
    await t.rule("r");
    expect((await t.fire()).logs[0].success).toBe(true);
    const refused = (await t.fire()).logs[0];
    expect(refused).toMatchObject({
      statusCode: 1,
      error: "Too many requests in the last minute (count: 2, allowed: 1).",
    });
    const error = "Too many requests in the last minute (count: 3, allowed: 2).";
    expect(await t.fire()).toMatchObject({ status: 429, body: { error } });
  });

  test("takes nothing but an object, and that not too large", async () => {
    const t = await start();
    await t.rule("r");
    expect((await t.fire([1])).status).toBe(400);
    expect((await t.fire('{"n":')).status).toBe(400);
    expect((await t.fire({ n: "x".repeat(1_048_576) })).status).toBe(413);
  });

  test("is nothing when it cannot be written down", async () => {
    const runs: string[] = [];
    const t = await start({
      runtime: createInstantRuntime(async (action) => {
        runs.push(action.qualifiedName);
        return outcome({});
      }),
    });
    await t.rule("a");
    await t.rule("b");
    t.stranger.exec("CREATE TRIGGER full BEFORE INSERT ON invocations BEGIN SELECT RAISE(ABORT, 'no room'); END");
    expect((await t.fire()).status).toBe(500);
    t.stranger.exec("DROP TRIGGER full");
    await t.functions.drain();
    expect(runs).toEqual([]);
    expect((await t.get("/_/activations?count=true")).body).toEqual({ activations: 0 });
    expect((await t.fire()).status).toBe(202);
  });
});

describe("grants", () => {
  test("a key that may fire has no action run that it may not invoke", async () => {
    const t = await start();
    await t.rule("r");
    const key = t.as(principal(["invoke:t"], "dof_v1_2"));
    const { body } = await key.post("/_/triggers/t", {});
    await t.functions.drain();
    const record = (await t.get(`/_/activations/${body.activationId}`)).body;
    expect(JSON.parse(record.logs[0])).toMatchObject({
      statusCode: 1,
      error: `The supplied authentication is not authorized to access '${NAMESPACE}/echo'.`,
    });
    expect((await t.get("/_/activations?name=echo&count=true")).body).toEqual({ activations: 0 });
    expect((await t.as(principal(["invoke:echo"], "dof_v1_3")).post("/_/triggers/t", {})).status).toBe(403);
  });

  test("a key joins to a trigger only what it may have run itself, and no trigger that it may not change", async () => {
    const t = await start();
    const put = (grants: string[]) =>
      t.as(principal(grants, `dof_v1_${grants.join()}`)).put("/_/rules/r", { trigger: "/_/t", action: "/_/echo" });
    expect((await put(["deploy:r"])).status).toBe(403);
    expect((await put(["deploy:r", "deploy:t"])).status).toBe(403);
    expect((await put(["deploy:r", "invoke:echo"])).status).toBe(403);
    expect((await put(["deploy:r", "deploy:t", "read:echo"])).status).toBe(403);
    expect((await put(["deploy:r", "deploy:t", "invoke:echo"])).status).toBe(200);
  });
});

test("runs of a function that has a secret of its own do not hear of it through the record of the trigger", async () => {
  const t = await start();
  await t.put("/_/actions/echo?overwrite=true", source("1;", { parameters: [{ key: "password", value: "pa55" }] }));
  await t.rule("r");
  expect(JSON.stringify((await t.fire({ n: 1 })).record)).not.toContain("pa55");
});
