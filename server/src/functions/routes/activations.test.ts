import { describe, expect, test } from "vitest";
import {
  ECHO,
  NAMESPACE,
  principal,
  source,
  startTestFunctions,
  type TestCaller,
} from "../../../test/start-test-functions.ts";

const run = async (caller: TestCaller, action: string, payload?: unknown): Promise<string> =>
  (await caller.post(`/_/actions/${action}?blocking=true`, payload)).body.activationId;

const ids = (body: { activationId: string }[]) => body.map(({ activationId }) => activationId);

/** What is in memory only and what is on disk must look the same; each list is asked for both. */
async function inBothStates(t: { functions: { drain(): Promise<void> } }, check: () => Promise<void>) {
  await check();
  await t.functions.drain();
  await check();
}

describe("an activation", () => {
  test("can be got as soon as its answer is there: record, logs and result", async () => {
    const t = await startTestFunctions();
    await t.put("/_/packages/p", {});
    await t.put("/_/actions/p/a", source("exports.main = () => { console.error('careful'); return { a: 1 } }"));
    const { body: answer } = await t.post("/_/actions/p/a?blocking=true");
    const path = `/_/activations/${answer.activationId}`;
    await inBothStates(t, async () => {
      const { body } = await t.get(path);
      expect(body).toEqual({ ...answer, logs: [expect.stringMatching(/^[\d:.TZ-]{20,30} stderr: careful$/)] });
      expect((await t.get(`${path}/logs`)).body).toEqual({ logs: body.logs });
      expect((await t.get(`${path}/result`)).body).toEqual(answer.response);
    });
  });

  test("names the key it ran under, whose that is, and the namespace", async () => {
    const t = await startTestFunctions();
    await t.put("/_/actions/a", ECHO);
    const id = await run(t.as(principal(["full"], "dof_v1_of_ada")), "a");
    const { body } = await t.get(`/_/activations/${id}`);
    expect(body).toMatchObject({ namespace: NAMESPACE, subject: "user-1" });
    expect(body.annotations).toEqual(
      expect.arrayContaining([
        { key: "access_key_id", value: "dof_v1_of_ada" },
        { key: "user_id", value: "user-1" },
      ]),
    );
  });

  test.each([
    { id: "a".repeat(31), status: 400, says: "Activation id length is 31 but must be 32." },
    { id: "z".repeat(32), status: 400, says: "The activation id is not valid." },
    { id: "a".repeat(32), status: 404, says: "The requested resource does not exist." },
    { id: `${"a".repeat(32)}/logs`, status: 404, says: "The requested resource does not exist." },
    { id: `${"a".repeat(32)}/result`, status: 404, says: "The requested resource does not exist." },
    { id: `${"a".repeat(32)}/bogus`, status: 404, says: "The requested resource could not be found." },
  ])("that is $id is a $status: $says", async ({ id, status, says }) => {
    const { get } = await startTestFunctions();
    expect(await get(`/_/activations/${id}`)).toMatchObject({ status, body: { error: says } });
  });

  test("is only ever read", async () => {
    const { app } = await startTestFunctions();
    for (const method of ["PUT", "POST", "DELETE"] as const) {
      for (const path of ["", "/", `/${"a".repeat(32)}`, `/${"a".repeat(32)}/logs`]) {
        const answer = await app.inject({ method, url: `/api/v1/namespaces/_/activations${path}` });
        expect(answer.statusCode).toBe(405);
        expect(answer.json().error).toBe("HTTP method not allowed, supported methods: GET");
      }
    }
  });

  test("is on disk after a restart", async () => {
    const t = await startTestFunctions();
    await t.put("/_/actions/a", ECHO);
    const id = await run(t, "a");
    await t.functions.drain();
    const { result } = t.store.activity
      .prepare<{ result: string }>("SELECT result FROM activations WHERE id = ?")
      .get(id) ?? { result: "none" };
    expect(result).toBe("{}");
  });
});

describe("listing activations", () => {
  test("gives summaries, the newest first, or whole records with docs=true", async () => {
    const t = await startTestFunctions();
    await t.put("/_/actions/a", source("exports.main = () => { console.log('x'); return {} }"));
    const ran = [await run(t, "a"), await run(t, "a"), await run(t, "a")];
    await inBothStates(t, async () => {
      const { body } = await t.get("/_/activations");
      expect(ids(body)).toEqual(ran.toReversed());
      expect(Object.keys(body[0])).not.toEqual(expect.arrayContaining(["response"]));
      expect(body[0]).toMatchObject({ statusCode: 0, name: "a" });
      for (const field of ["response", "logs", "subject", "cause"]) expect(body[0]).not.toHaveProperty(field);

      const whole = (await t.get("/_/activations/?docs=true")).body;
      expect(ids(whole)).toEqual(ran.toReversed());
      expect(whole[0]).toMatchObject({ logs: [expect.stringContaining("stdout: x")], response: { success: true } });
    });
  });

  test("pages, filters and counts", async () => {
    const t = await startTestFunctions();
    await t.put("/_/packages/p", {});
    await t.put("/_/packages/b", { binding: { namespace: "_", name: "p" } });
    for (const name of ["a", "p/a"]) await t.put(`/_/actions/${name}`, ECHO);
    const plain = [await run(t, "a"), await run(t, "a")];
    const packaged = await run(t, "p/a");
    const bound = await run(t, "b/a");
    const newest = [bound, packaged, ...plain.toReversed()];
    const list = async (query: string) => (await t.get(`/_/activations?${query}`)).body;
    const starts = new Map<string, number>();
    for (const { activationId, start } of await list("")) starts.set(activationId, start);

    await inBothStates(t, async () => {
      expect(ids(await list("limit=2"))).toEqual(newest.slice(0, 2));
      expect(ids(await list("limit=2&skip=1"))).toEqual(newest.slice(1, 3));
      expect(ids(await list("skip=3"))).toEqual(newest.slice(3));
      expect(await list("count=true")).toEqual({ activations: 4 });
      expect(await list("count=true&skip=3")).toEqual({ activations: 1 });
      expect(await list("count=true&skip=9")).toEqual({ activations: 0 });

      expect(ids(await list("name=a"))).toEqual(plain.toReversed());
      expect(ids(await list("name=p/a"))).toEqual([bound, packaged]);
      expect(ids(await list("name=b/a"))).toEqual([bound]);
      expect(await list("name=p/a&count=true")).toEqual({ activations: 2 });
      expect(await list("name=%20&count=true")).toEqual({ activations: 4 });
      expect(await list("name=none")).toEqual([]);

      const second = starts.get(packaged) ?? 0;
      const since = newest.filter((id) => (starts.get(id) ?? 0) >= second);
      const upto = newest.filter((id) => (starts.get(id) ?? 0) <= second);
      expect(ids(await list(`since=${second}`))).toEqual(since);
      expect(ids(await list(`upto=${second}`))).toEqual(upto);
      expect(await list(`since=${second}&upto=${second - 1}&count=true`)).toEqual({ activations: 0 });
    });
  });

  test.each([
    {
      query: "limit=201",
      says: "The query parameter 'limit' was malformed:\nThe value '201' is not in the range of 0 to 200 for activations.",
    },
    {
      query: "skip=x",
      says: "The query parameter 'skip' was malformed:\nThe value 'x' is not an integer for activations.",
    },
    {
      query: "since=noon",
      says: "The query parameter 'since' was malformed:\nParameter is not a valid value for epoch seconds: noon",
    },
    {
      query: "upto=1.5",
      says: "The query parameter 'upto' was malformed:\nParameter is not a valid value for epoch seconds: 1.5",
    },
    {
      query: "name=a/b/c",
      says: "The query parameter 'name' was malformed:\nParameter may be a 'simple' name or 'package-name/simple' name: a/b/c",
    },
    {
      query: "name=a%24",
      says: "The query parameter 'name' was malformed:\nParameter may be a 'simple' name or 'package-name/simple' name: a$",
    },
    { query: "docs=true&count=true", says: "The parameter 'docs' is not permitted with 'count'." },
  ])("with $query says what is wrong", async ({ query, says }) => {
    const { get } = await startTestFunctions();
    expect(await get(`/_/activations?${query}`)).toMatchObject({ status: 400, body: { error: says } });
  });
});

test("activations are forgotten when they have been kept long enough, and not before", async () => {
  const t = await startTestFunctions({ limits: { retentionMs: 1000 } });
  await t.put("/_/actions/a", ECHO);
  const old = await run(t, "a");
  await t.functions.drain();
  t.clock.advance(1000);
  const fresh = await run(t, "a");
  await t.functions.drain();
  await t.functions.forgetOld();
  expect((await t.get(`/_/activations/${old}`)).status).toBe(200);
  t.clock.advance(1);
  await t.functions.forgetOld();
  expect((await t.get(`/_/activations/${old}`)).status).toBe(404);
  expect((await t.get(`/_/activations/${fresh}`)).status).toBe(200);
});
