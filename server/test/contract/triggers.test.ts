import { describe, expect, test } from "vitest";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { addFunction, addNamespace, addTrigger, NAMESPACES, NO_NAMESPACE, TRIGGER, triggersOf } from "./things.ts";

const MINUTE_MS = 60_000;
const FIELDS = [
  ...["created_at", "function", "is_enabled", "name", "namespace", "owner", "scheduled_details", "scheduled_runs"],
  ...["suspended_reason", "type", "updated_at"],
];

/** A server with a namespace that has the function `hello`, and a trigger of it where `trigger` says so. */
async function start({
  trigger = false,
  environment = {},
}: {
  trigger?: boolean;
  environment?: Record<string, string>;
} = {}) {
  const plane = await startControlPlane({ environment });
  const namespace = await addNamespace(plane);
  await addFunction(plane, namespace);
  const path = triggersOf(namespace.namespace);
  if (trigger) await addTrigger(plane, namespace.namespace);
  return { plane, send: plane.send, namespace, namespaceId: namespace.namespace, path, one: `${path}/${TRIGGER.name}` };
}

const triggerIn = (body: unknown) => Object(body).trigger;
const messageOf = ({ body }: Awaited<ReturnType<ControlPlane["send"]>>) => Object(body).message;

describe("GET .../triggers", () => {
  test("200: an empty list is [], never null", async () => {
    const { send, path } = await start();
    expect(await send("GET", path)).toMatchObject({ status: 200, body: { triggers: [] } });
  });

  test("200: whole triggers, oldest first", async () => {
    const { plane, send, path, namespaceId } = await start();
    const first = await addTrigger(plane, namespaceId, { name: "z" });
    plane.clock.advance(1);
    const second = await addTrigger(plane, namespaceId, { name: "a" });
    expect((await send("GET", path)).body).toEqual({ triggers: [first, second] });
  });

  test("404: an unknown namespace", async () => {
    const { send } = await start();
    const answer = await send("GET", triggersOf(NO_NAMESPACE));
    expect(answer).toMatchObject({ status: 404, body: { message: "namespace not found" } });
  });
});

describe("POST .../triggers", () => {
  test("200: every published field; not run yet, and when it will", async () => {
    const { plane, namespaceId } = await start();
    const trigger = await addTrigger(plane, namespaceId);
    expect(Object.keys(trigger).sort()).toEqual(FIELDS);
    expect(trigger).toEqual({
      ...TRIGGER,
      namespace: namespaceId,
      created_at: "2026-03-23T09:15:00Z",
      updated_at: "2026-03-23T09:15:00Z",
      scheduled_runs: { last_run_at: null, next_run_at: "2026-03-24T03:00:00Z" },
      owner: { id: plane.user.id, name: "Ada", kind: "person" },
      suspended_reason: null,
    });
  });

  test("200: one that is not enabled is not to run", async () => {
    const { plane, namespaceId } = await start();
    const { is_enabled, scheduled_runs } = await addTrigger(plane, namespaceId, { is_enabled: false });
    expect({ is_enabled, scheduled_runs }).toEqual({
      is_enabled: false,
      scheduled_runs: { last_run_at: null, next_run_at: null },
    });
  });

  test.each([
    { what: "left out", details: { cron: "0 3 * * *" }, body: null },
    { what: "null", details: { cron: "0 3 * * *", body: null }, body: null },
    { what: "an empty object", details: { cron: "0 3 * * *", body: {} }, body: {} },
    {
      what: "an object of anything",
      details: { cron: "0 3 * * *", body: { list: [1, { deep: null }], text: "ä" } },
      body: { list: [1, { deep: null }], text: "ä" },
    },
  ])("200: a body that is $what; the details are an object in any case", async ({ details, body }) => {
    const { plane, send, namespaceId, one } = await start();
    const { scheduled_details } = await addTrigger(plane, namespaceId, { scheduled_details: details });
    expect(scheduled_details).toEqual({ cron: "0 3 * * *", body });
    expect(triggerIn((await send("GET", one)).body).scheduled_details).toEqual(scheduled_details);
  });

  test.each([
    { cron: "* * * * *", next: "2026-03-23T09:16:00Z" },
    { cron: "15 9 * * *", next: "2026-03-24T09:15:00Z" },
    { cron: "*/20 * * * *", next: "2026-03-23T09:20:00Z" },
    { cron: "0 0 29 2 *", next: "2028-02-29T00:00:00Z" },
    { cron: "0 12 1 * MON", next: "2026-03-23T12:00:00Z" },
    { cron: "0 0 * jan-mar mon-fri", next: "2026-03-24T00:00:00Z" },
    { cron: "0 0 * * 7", next: "2026-03-29T00:00:00Z" },
    // The night in which clocks go forward in most of Europe: UTC has no such night.
    { cron: "30 1 29 3 *", next: "2026-03-29T01:30:00Z" },
  ])("200: $cron runs next at $next", async ({ cron, next }) => {
    const { plane, namespaceId } = await start();
    const { scheduled_runs } = await addTrigger(plane, namespaceId, { scheduled_details: { cron } });
    expect(scheduled_runs.next_run_at).toBe(next);
  });

  test("200: a function in a package", async () => {
    const { plane, namespace, namespaceId } = await start();
    const { id, secret } = Object(
      (await plane.send("POST", `${NAMESPACES}/${namespaceId}/keys`, { json: { name: "p" } })).body,
    ).access_key;
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
    const headers = { authorization, "content-type": "application/json" };
    await fetch(`${namespace.api_host}/api/v1/namespaces/_/packages/reports`, { method: "PUT", headers, body: "{}" });
    await addFunction(plane, namespace, "reports/send");
    const { function: fn } = await addTrigger(plane, namespaceId, { function: "reports/send" });
    expect(fn).toBe("reports/send");
  });

  test.each(["my trigger", "a", "A.b_c@d-e", "9", "x".repeat(256)])(
    "200: the name %s, and it is found by it",
    async (name) => {
      const { plane, send, path, namespaceId } = await start();
      await addTrigger(plane, namespaceId, { name });
      expect(await send("GET", `${path}/${encodeURIComponent(name)}`)).toMatchObject({
        status: 200,
        body: { trigger: { name } },
      });
    },
  );

  const prefix = "validating create trigger: validation error: ";
  const without = (...fields: (keyof typeof TRIGGER)[]) =>
    Object.fromEntries(Object.entries(TRIGGER).filter(([name]) => !fields.some((field) => field === name)));
  test.each([
    {
      what: "the three that DigitalOcean's example leaves out",
      json: without("name", "function", "scheduled_details"),
      says: "missing trigger name, missing function name, missing source details",
    },
    { what: "no name", json: without("name"), says: "missing trigger name" },
    { what: "an empty name", json: { ...TRIGGER, name: "" }, says: "missing trigger name" },
    { what: "no type", json: without("type"), says: "missing trigger type" },
    { what: "no is_enabled", json: without("is_enabled"), says: "missing is_enabled" },
    { what: "no details", json: { ...TRIGGER, scheduled_details: null }, says: "missing source details" },
    { what: "no cron", json: { ...TRIGGER, scheduled_details: {} }, says: "missing cron expression" },
    { what: "an empty cron", json: { ...TRIGGER, scheduled_details: { cron: "" } }, says: "missing cron expression" },
    { what: "a name with a slash", json: { ...TRIGGER, name: "a/b" }, says: "trigger name may hold" },
    {
      what: "a name that is too long",
      json: { ...TRIGGER, name: "x".repeat(257) },
      says: "trigger name is longer than 256",
    },
    { what: "another type", json: { ...TRIGGER, type: "WEBHOOK" }, says: "trigger type must be SCHEDULED" },
    { what: "is_enabled in words", json: { ...TRIGGER, is_enabled: "true" }, says: "is_enabled must be" },
    {
      what: "a list for a body",
      json: { ...TRIGGER, scheduled_details: { cron: "* * * * *", body: [] } },
      says: "body must be",
    },
    {
      what: "a function of another namespace",
      json: { ...TRIGGER, function: `/${NO_NAMESPACE}/hello` },
      says: "function name must be",
    },
    { what: "a function that there is not", json: { ...TRIGGER, function: "none" }, says: "function not found" },
    { what: "a package that there is not", json: { ...TRIGGER, function: "none/hello" }, says: "function not found" },
    { what: "nothing at all", json: [], says: "missing trigger name, missing function name, missing trigger type" },
  ])("400: $what", async ({ json, says }) => {
    const { send, path } = await start();
    const answer = await send("POST", path, { json });
    expect(answer).toMatchObject({ status: 400, body: { id: "bad_request" } });
    expect(messageOf(answer)).toContain(prefix + says);
    expect((await send("GET", path)).body).toEqual({ triggers: [] });
  });

  test.each([
    ...[
      "",
      " ",
      "x",
      "* * * *",
      "* * * * * *",
      "* * * * * * *",
      "@daily",
      "60 * * * *",
      "* 24 * * *",
      "* * 0 * *",
      "* * 32 * *",
    ],
    ...["* * * 13 *", "* * * * 8", "*/0 * * * *", "5-1 * * * *", "1,, * * * *", "-1 * * * *", "2027-01-01T00:00:00Z"],
    ...["0 0 L * *", "0 0 15W * *", "0 0 * * 5#2", "? ? * * *", "0 0 1 * +1", "* * * * *\n* * * * *", "* * * foo *"],
    // There is no such date in any year.
    ...["0 0 30 2 *", "0 0 31 4,6,9,11 *"],
    `${"1,".repeat(200)}1 * * * *`,
  ])("400: the schedule %j", async (cron) => {
    const { send, path } = await start();
    const answer = await send("POST", path, { json: { ...TRIGGER, scheduled_details: { cron } } });
    expect(answer).toMatchObject({ status: 400, body: { id: "bad_request" } });
    expect(messageOf(answer)).toMatch(/^validating create trigger: validation error: .*cron expression/);
  });

  test("400: a body that is nested more deeply than anybody could read", async () => {
    const { send, path } = await start();
    const deep = `${"[".repeat(5000)}${"]".repeat(5000)}`;
    const text = JSON.stringify({ ...TRIGGER, scheduled_details: { cron: "* * * * *", body: { deep: 1 } } });
    const answer = await send("POST", path, { text: text.replace('"deep":1', `"deep":${deep}`) });
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining("nested too deeply") } });
  });

  test("404: an unknown namespace, whatever the body", async () => {
    const { send } = await start();
    const answer = await send("POST", triggersOf(NO_NAMESPACE), { json: {} });
    expect(answer).toMatchObject({ status: 404, body: { message: "namespace not found" } });
  });

  test("409: a name that the namespace has already; another namespace may have it", async () => {
    const { plane, send, path } = await start({ trigger: true });
    const answer = await send("POST", path, { json: TRIGGER });
    expect(answer).toMatchObject({ status: 409, body: { id: "conflict" } });
    const other = await addNamespace(plane, "other");
    await addFunction(plane, other);
    await addTrigger(plane, other.namespace);
  });

  test("422: a fourth; the limit is a setting, and a deleted one makes room", async () => {
    const { plane, send, path, namespaceId } = await start();
    for (const name of ["a", "b", "c"]) await addTrigger(plane, namespaceId, { name });
    const fourth = await send("POST", path, { json: TRIGGER });
    expect(fourth).toMatchObject({
      status: 422,
      body: { id: "unprocessable_entity", message: "triggers limit reached" },
    });
    await send("DELETE", `${path}/b`);
    await addTrigger(plane, namespaceId);
  });

  test("422: whatever the setting says", async () => {
    const { send, path } = await start({ trigger: true, environment: { LATCHKEY_TRIGGERS_PER_NAMESPACE: "1" } });
    expect((await send("POST", path, { json: { ...TRIGGER, name: "second" } })).status).toBe(422);
  });
});

describe("GET .../triggers/{name}", () => {
  test("200: as it was created", async () => {
    const { plane, send, one, namespaceId } = await start();
    const created = await addTrigger(plane, namespaceId);
    expect(await send("GET", one)).toMatchObject({ status: 200, body: { trigger: created } });
  });

  test.each([
    { what: "the namespace", path: `${triggersOf(NO_NAMESPACE)}/nightly`, message: "namespace not found" },
    { what: "the trigger", path: null, message: "trigger not found" },
  ])("404: $what is unknown, and the message says which", async ({ path, message }) => {
    const { send, path: triggers } = await start({ trigger: true });
    const answer = await send("GET", path ?? `${triggers}/none`);
    expect(answer).toMatchObject({ status: 404, body: { id: "not_found", message } });
  });

  test("404: a trigger of another namespace", async () => {
    const { plane, send } = await start({ trigger: true });
    const other = await addNamespace(plane, "other");
    const answer = await send("GET", `${triggersOf(other.namespace)}/${TRIGGER.name}`);
    expect(answer).toMatchObject({ status: 404, body: { message: "trigger not found" } });
  });
});

test("200 and 204: a name with a space, percent-encoded in its address, as dots sends it", async () => {
  const { plane, namespaceId } = await start();
  const trigger = await addTrigger(plane, namespaceId, { name: "every night" });
  const path = `${triggersOf(namespaceId)}/every%20night`;
  expect((await plane.send("GET", path)).body).toEqual({ trigger });
  expect(await plane.send("PUT", path, { json: { is_enabled: false } })).toMatchObject({
    status: 200,
    body: { trigger: { name: "every night", is_enabled: false } },
  });
  expect((await plane.send("DELETE", path)).status).toBe(204);
  expect((await plane.send("GET", path)).status).toBe(404);
});

describe("PUT .../triggers/{name}", () => {
  test("200: is_enabled alone, as doctl sends it; updated_at moves and all else stays", async () => {
    const { plane, send, one, namespaceId } = await start();
    const created = await addTrigger(plane, namespaceId);
    plane.clock.advance(MINUTE_MS);
    const disabled = triggerIn((await send("PUT", one, { json: { is_enabled: false } })).body);
    expect(disabled).toEqual({
      ...created,
      is_enabled: false,
      updated_at: "2026-03-23T09:16:00Z",
      scheduled_runs: { last_run_at: null, next_run_at: null },
    });
    const enabled = triggerIn((await send("PUT", one, { json: { is_enabled: true } })).body);
    expect(enabled).toEqual({ ...created, updated_at: "2026-03-23T09:16:00Z" });
    expect(triggerIn((await send("GET", one)).body)).toEqual(enabled);
  });

  test("200: the schedule alone; the arguments stay unless they are sent", async () => {
    const { send, one } = await start({ trigger: true });
    const changed = await send("PUT", one, { json: { scheduled_details: { cron: "30 4 * * *" } } });
    expect(triggerIn(changed.body)).toMatchObject({
      is_enabled: true,
      scheduled_details: { cron: "30 4 * * *", body: { to: "ops" } },
      scheduled_runs: { next_run_at: "2026-03-24T04:30:00Z" },
    });
    const emptied = await send("PUT", one, { json: { scheduled_details: { cron: "30 4 * * *", body: null } } });
    expect(triggerIn(emptied.body).scheduled_details).toEqual({ cron: "30 4 * * *", body: null });
  });

  test("200: name, function and type cannot change, and sending them is no error", async () => {
    const { plane, send, one, namespaceId } = await start();
    const created = await addTrigger(plane, namespaceId);
    const json = { ...TRIGGER, name: "other", function: "other", type: "OTHER" };
    expect(triggerIn((await send("PUT", one, { json })).body)).toEqual(created);
  });

  test.each([
    { what: "nothing", json: {}, says: "missing is_enabled or source details" },
    { what: "no object", json: [], says: "missing is_enabled or source details" },
    {
      what: "a schedule that is none",
      json: { scheduled_details: { cron: "never" } },
      says: "invalid cron expression",
    },
    { what: "a schedule without cron", json: { scheduled_details: { body: {} } }, says: "missing cron expression" },
    { what: "a number for is_enabled", json: { is_enabled: 1 }, says: "is_enabled must be" },
  ])("400: $what", async ({ json, says }) => {
    const { plane, send, one, namespaceId } = await start();
    const created = await addTrigger(plane, namespaceId);
    const answer = await send("PUT", one, { json });
    expect(answer).toMatchObject({ status: 400, body: { id: "bad_request" } });
    expect(messageOf(answer)).toContain(`validating update trigger: validation error: ${says}`);
    expect(triggerIn((await send("GET", one)).body)).toEqual(created);
  });

  test("404: an unknown trigger, whatever the body", async () => {
    const { send, path } = await start();
    const answer = await send("PUT", `${path}/none`, { json: { is_enabled: 1 } });
    expect(answer).toMatchObject({ status: 404, body: { message: "trigger not found" } });
  });
});

describe("DELETE .../triggers/{name}", () => {
  test("204: it is gone, and its name is free, as deployers need it", async () => {
    const { plane, send, one, namespaceId } = await start({ trigger: true });
    const answer = await send("DELETE", one, { headers: { "content-type": "application/json" } });
    expect(answer).toMatchObject({ status: 204, text: "" });
    expect((await send("GET", one)).status).toBe(404);
    await addTrigger(plane, namespaceId);
  });

  test("404: the second time", async () => {
    const { send, one } = await start({ trigger: true });
    await send("DELETE", one);
    expect(await send("DELETE", one)).toMatchObject({ status: 404, body: { message: "trigger not found" } });
  });

  test("deleting the namespace deletes its triggers", async () => {
    const { plane, send, namespaceId, one } = await start({ trigger: true });
    await send("DELETE", `${NAMESPACES}/${namespaceId}`);
    expect(await send("GET", one)).toMatchObject({ status: 404, body: { message: "namespace not found" } });
    plane.clock.advance(86_400_000);
    await plane.schedules.runDue();
  });
});
