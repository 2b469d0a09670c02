import { describe, expect, test } from "vitest";
import { ECHO, NAMESPACE, startTestFunctions } from "../../../test/start-test-functions.ts";

describe("names", () => {
  test("arrive percent-encoded and are stored as they are meant", async () => {
    const { put, get, post } = await startTestFunctions();
    await put("/_/packages/my%20package", {});
    await put("/_/actions/my%20package/a%40b%26c", ECHO);
    expect((await get("/_/actions/my%20package/a%40b%26c")).body).toMatchObject({
      namespace: `${NAMESPACE}/my package`,
      name: "a@b&c",
    });
    const { body } = await post("/_/actions/my%20package/a@b&c?blocking=true", {});
    expect(body.annotations[0]).toEqual({ key: "path", value: `${NAMESPACE}/my package/a@b&c` });
  });

  test.each([
    { path: "/_/actions/a%2Fb", says: "The name of the entity contains illegal characters." },
    { path: "/_/actions/a%20", says: "The name of the entity contains illegal characters." },
    { path: "/_/actions/p%24/a", says: "The name of the entity contains illegal characters." },
    { path: `/_/actions/${"x".repeat(300)}`, says: "Name segement longer than allowed: 300 > 256." },
    { path: "/a%24b/actions/x", says: "The namespace contains illegal characters." },
    { path: `/${"n".repeat(257)}/actions/x`, says: "Namespace longer than allowed: 257 > 256." },
  ])("$path is a 400: $says", async ({ path, says }) => {
    const { get } = await startTestFunctions();
    expect(await get(path)).toMatchObject({ status: 400, body: { error: says } });
  });

  test("tell upper from lower case", async () => {
    const { put, get } = await startTestFunctions();
    await put("/_/actions/Hello", ECHO);
    expect((await get("/_/actions/hello")).status).toBe(404);
  });

  test("mean one thing each: an action and a package cannot share one", async () => {
    const { put, get, delete: remove, post } = await startTestFunctions();
    await put("/_/actions/a", ECHO);
    await put("/_/packages/p", {});
    const other = { status: 409, body: { error: "Resource by this name exists but is not in this collection." } };
    expect(await put("/_/packages/a?overwrite=true", {})).toMatchObject(other);
    expect(await put("/_/actions/p?overwrite=true", ECHO)).toMatchObject(other);
    expect(await get("/_/actions/p")).toMatchObject(other);
    expect(await get("/_/packages/a")).toMatchObject(other);
    expect(await remove("/_/actions/p")).toMatchObject(other);
    expect(await remove("/_/packages/a")).toMatchObject(other);
    expect(await post("/_/actions/p")).toMatchObject(other);
    expect(await get("/_/actions/a/inside")).toMatchObject(other);
  });
});

test("methods that a path does not have are told from those it has", async () => {
  const { app } = await startTestFunctions();
  const send = (method: "POST" | "PATCH" | "PUT", path: string) =>
    app.inject({ method, url: `/api/v1/namespaces${path}` });
  for (const path of ["/_/actions", "/_/actions/"]) {
    const answer = await send("POST", path);
    expect(answer.statusCode).toBe(405);
    expect(answer.json().error).toBe("HTTP method not allowed, supported methods: GET");
  }
  expect((await send("PATCH", "/_/actions/a")).json().error).toBe(
    "HTTP method not allowed, supported methods: GET, PUT, DELETE, POST",
  );
});
