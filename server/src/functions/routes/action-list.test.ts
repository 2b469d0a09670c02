import { describe, expect, test } from "vitest";
import { ECHO, NAMESPACE, startTestFunctions } from "../../../test/start-test-functions.ts";

describe("listing actions", () => {
  test("gives the newest first, packaged ones too, without code and parameters", async () => {
    const { put, get, clock } = await startTestFunctions();
    await put("/_/packages/p", {});
    await put("/_/actions/first", { ...ECHO, parameters: [{ key: "k", value: 1 }] });
    clock.advance(1);
    await put("/_/actions/p/second", ECHO);
    clock.advance(1);
    await put("/_/actions/first?overwrite=true", {});
    const { body } = await get("/_/actions");
    expect(body.map(({ namespace, name }: Record<string, string>) => `${namespace}/${name}`)).toEqual([
      `${NAMESPACE}/first`,
      `${NAMESPACE}/p/second`,
    ]);
    expect(body[0]).toEqual({
      namespace: NAMESPACE,
      name: "first",
      version: "0.0.2",
      publish: false,
      updated: clock.now(),
      annotations: [
        { key: "provide-api-key", value: false },
        { key: "exec", value: "nodejs:24" },
      ],
      limits: { timeout: 3000, memory: 256, logs: 10, concurrency: 1 },
      exec: { binary: false },
    });
    expect((await get("/_/actions/")).body).toEqual(body);
    expect((await get(`/${NAMESPACE}/actions`)).body).toEqual(body);
  });

  test("pages and counts: 30 unless told, 0 for 200, and a count of what skip leaves", async () => {
    const { put, get } = await startTestFunctions();
    for (let index = 0; index < 35; index += 1) await put(`/_/actions/a${index}`, ECHO);
    expect((await get("/_/actions")).body).toHaveLength(30);
    expect((await get("/_/actions?limit=0")).body).toHaveLength(35);
    expect((await get("/_/actions?limit=200&skip=30&whatever=1")).body).toHaveLength(5);
    expect((await get("/_/actions?skip=100")).body).toEqual([]);
    expect((await get("/_/actions?count=true")).body).toEqual({ actions: 35 });
    expect((await get("/_/actions?count=true&skip=10&limit=1")).body).toEqual({ actions: 25 });
    expect((await get("/_/actions?count=true&skip=100")).body).toEqual({ actions: 0 });

    const names = (body: { name: string }[]) => body.map(({ name }) => name);
    const pages = await Promise.all([0, 10, 20, 30].map((skip) => get(`/_/actions?limit=10&skip=${skip}`)));
    expect(pages.flatMap(({ body }) => names(body))).toEqual(names((await get("/_/actions?limit=0")).body));
  });

  test.each([
    { query: "limit=201", name: "limit", says: "The value '201' is not in the range of 0 to 200 for actions." },
    { query: "limit=-1", name: "limit", says: "The value '-1' is not in the range of 0 to 200 for actions." },
    { query: "limit=x", name: "limit", says: "The value 'x' is not an integer for actions." },
    { query: "limit=", name: "limit", says: "The value '' is not an integer for actions." },
    { query: "skip=-1", name: "skip", says: "The value '-1' is not greater than or equal to 0 for actions." },
    { query: "skip=1.5", name: "skip", says: "The value '1.5' is not an integer for actions." },
    { query: "count=maybe", name: "count", says: "'maybe' is not a valid Boolean value" },
  ])("with $query says what is wrong", async ({ query, name, says }) => {
    const { get } = await startTestFunctions();
    const error = `The query parameter '${name}' was malformed:\n${says}`;
    expect(await get(`/_/actions?${query}`)).toMatchObject({ status: 400, body: { error } });
  });

  test("of a package takes a slash at the end", async () => {
    const { put, get } = await startTestFunctions();
    await put("/_/packages/p", {});
    await put("/_/actions/p/in", ECHO);
    await put("/_/actions/out", ECHO);
    const { body } = await get("/_/actions/p/");
    expect(body.map(({ name }: { name: string }) => name)).toEqual(["in"]);
    expect((await get("/_/actions/p/?count=true")).body).toEqual({ actions: 1 });
    expect((await get("/_/actions/none/")).status).toBe(404);
    expect((await get("/_/actions/out/")).status).toBe(409);
  });
});
