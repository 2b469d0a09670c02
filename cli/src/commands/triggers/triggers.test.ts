import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startFakeApi } from "../../../test/fake-api.ts";
import { runCli, temporaryFolder } from "../../../test/run-cli.ts";

const FN = "fn-3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11";
const TRIGGERS = `/v2/functions/namespaces/${FN}/triggers`;

const namespace = {
  api_host: "http://h",
  namespace: FN,
  label: "demo",
  region: "nyc1",
  created_at: "2026-03-01T10:00:00Z",
  updated_at: "2026-03-01T10:00:00Z",
  uuid: "",
  key: "",
};

const trigger = (name: string, fields: object = {}) => ({
  namespace: FN,
  name,
  function: "misc/garbageCollect",
  type: "SCHEDULED",
  is_enabled: true,
  created_at: "2026-03-01T10:00:00Z",
  updated_at: "2026-03-01T10:00:00Z",
  scheduled_details: { cron: "* * * * *", body: null },
  scheduled_runs: { last_run_at: null, next_run_at: "2026-03-01T10:02:00Z" },
  owner: { id: "u1", name: "Ada", kind: "person" },
  suspended_reason: null,
  ...fields,
});
const fireGC = trigger("fireGC");
const poll = trigger("poll", {
  function: "misc/poll",
  is_enabled: false,
  scheduled_details: { cron: "5 * * * *", body: { a: 1 } },
  scheduled_runs: { last_run_at: "2026-03-01T10:01:00Z", next_run_at: null },
});

/** A server with doctl's two triggers in the namespace `demo`. */
async function world() {
  const one = { body: { trigger: poll } };
  const api = await startFakeApi({
    "GET /v2/functions/namespaces": { body: { namespaces: [namespace] } },
    [`GET ${TRIGGERS}`]: { body: { triggers: [fireGC, poll] } },
    [`POST ${TRIGGERS}`]: one,
    [`GET ${TRIGGERS}/poll`]: one,
    [`PUT ${TRIGGERS}/poll`]: one,
    [`DELETE ${TRIGGERS}/my%20trigger`]: { status: 204 },
  });
  const environment = { LATCHKEY_TOKEN: "t", LATCHKEY_API_URL: api.url };
  const run = (...line: string[]) => runCli(["triggers", ...line, "--namespace", "demo"], { environment });
  /** The bodies that were sent with this method. */
  const sent = (method: string) =>
    api.asked.filter(({ line }) => line.startsWith(method)).map(({ body }): unknown => JSON.parse(body));
  return { api, run, sent };
}

const TABLE = [
  "Name      Cron Expression    Invokes                Enabled    Last Run At",
  "fireGC    * * * * *          misc/garbageCollect    true       _",
  "poll      5 * * * *          misc/poll              false      2026-03-01 10:01:00 +0000 UTC",
];
const ONE = [
  "Name    Cron Expression    Invokes      Enabled    Last Run At",
  "poll    5 * * * *          misc/poll    false      2026-03-01 10:01:00 +0000 UTC",
];

describe("triggers list", () => {
  test("prints doctl's table (do-functions-api 7.4)", async () => {
    const { run } = await world();
    expect(await run("list")).toEqual({ code: 0, stdout: `${TABLE.join("\n")}\n`, stderr: "" });
  });

  test("of one function, by its whole name", async () => {
    const { run } = await world();
    expect((await run("ls", "--function", "misc/poll", "--format", "Name", "--no-header")).stdout).toBe("poll\n");
    expect((await run("ls", "--function", "poll", "--no-header")).stdout).toBe("");
  });

  test("as JSON is the API's own answer", async () => {
    const { run } = await world();
    expect(JSON.parse((await run("list", "-o", "json")).stdout)).toEqual({ triggers: [fireGC, poll] });
  });

  test("tells when a trigger runs next, whose it is, and why it does not run, if asked", async () => {
    const { run } = await world();
    const { stdout } = await run("list", "--format", "Name,NextRun,Owner,Suspended", "--no-header");
    expect(stdout).toBe("fireGC    2026-03-01 10:02:00 UTC    Ada    \npoll                                 Ada    \n");
  });
});

test.each([
  { line: ["get", "poll"], body: undefined },
  { line: ["enable", "poll"], body: { is_enabled: true } },
  { line: ["disable", "poll"], body: { is_enabled: false } },
  { line: ["update", "poll", "--cron", "0 4 * * *"], body: { scheduled_details: { cron: "0 4 * * *" } } },
  {
    line: ["update", "poll", "-p", "to:ops"],
    body: { scheduled_details: { cron: "5 * * * *", body: { to: "ops" } } },
  },
])("triggers $line prints the trigger as a table of one row, and sends what was asked for", async ({ line, body }) => {
  const { run, sent } = await world();
  expect(await run(...line)).toEqual({ code: 0, stdout: `${ONE.join("\n")}\n`, stderr: "" });
  expect(sent("PUT")).toEqual(body === undefined ? [] : [body]);
});

test("triggers update without anything to change is refused, and nothing is sent", async () => {
  const { run, api } = await world();
  const { code, stderr } = await run("update", "poll");
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("nothing to change") });
  expect(api.asked).toEqual([]);
});

test("triggers create sends the schedule with its arguments, from options and file together", async () => {
  const { run, sent } = await world();
  const file = join(temporaryFolder(), "arguments.json");
  writeFileSync(file, JSON.stringify({ count: 3, to: "nobody" }));
  await run("create", "poll", "-f", "misc/poll", "-c", "5 * * * *", "-P", file, "-p", "to:ops");
  await run("create", "poll", "-f", "misc/poll", "-c", "5 * * * *", "--disabled");
  const created = { name: "poll", function: "misc/poll", type: "SCHEDULED" };
  expect(sent("POST")).toEqual([
    { ...created, is_enabled: true, scheduled_details: { cron: "5 * * * *", body: { count: 3, to: "ops" } } },
    { ...created, is_enabled: false, scheduled_details: { cron: "5 * * * *", body: null } },
  ]);
});

test("triggers delete asks first, and takes names with spaces", async () => {
  const { run, api } = await world();
  expect(await run("delete", "my trigger")).toMatchObject({ code: 1, stderr: expect.stringContaining("--force") });
  expect(api.asked.filter(({ line }) => line.startsWith("DELETE"))).toEqual([]);
  expect(await run("rm", "my trigger", "--force")).toEqual({
    code: 0,
    stdout: "",
    stderr: "The trigger my trigger has been deleted.\n",
  });
});

test("an unknown trigger is told with where to look", async () => {
  const { run } = await world();
  expect((await run("get", "none")).stderr).toContain("latchkey triggers list");
});
