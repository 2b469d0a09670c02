import { inspect } from "node:util";
import { listSecrets } from "@latchkey/contract/secrets";
import { expect, test } from "vitest";
import { startControlPlane } from "../../test/contract/control-plane.ts";
import { OPERATIONS } from "../../test/contract/operations.ts";
import { addKey, addNamespace, connect, keysOf, NAMESPACES, NO_KEY, NO_NAMESPACE } from "../../test/contract/things.ts";
import { openConnection } from "../../test/raw-http.ts";
import type { LogFields } from "../kernel/log.ts";

/** A server and what it logs, all levels alike. */
async function startWithLog() {
  const lines: LogFields[] = [];
  const write = (fields: LogFields, message: string): void => void lines.push({ ...fields, message });
  const plane = await startControlPlane({ log: { debug: write, info: write, warn: write, error: write } });
  return { plane, lines };
}

/** Everything the lines hold, down to the causes of errors. */
const textOf = (lines: readonly LogFields[]): string =>
  inspect(lines, { depth: null, maxStringLength: null, maxArrayLength: null, showHidden: true });

const basic = ({ id, secret }: { id: string; secret: string }): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

test("a request is one line: which, whose, on what route, with what status, how long", async () => {
  const { plane, lines } = await startWithLog();
  const answer = await plane.send("GET", NAMESPACES);
  expect(lines).toEqual([
    {
      requestId: answer.headers.get("x-request-id"),
      caller: expect.stringMatching(/^[0-9a-f-]{36}$/),
      route: "namespace.list",
      status: 200,
      ms: 0,
      message: "request",
    },
  ]);
});

test("a refusal names its error; a stranger has no id", async () => {
  const { plane, lines } = await startWithLog();
  await plane.send("GET", NAMESPACES, { token: null });
  await plane.send("GET", `${NAMESPACES}/${NO_NAMESPACE}`);
  expect(lines).toMatchObject([
    { route: "namespace.list", status: 401, caller: null, error: "identity.unauthenticated" },
    { route: "namespace.get", status: 404, caller: expect.any(String), error: "namespace.not_found" },
  ]);
});

test("no field that the contract marks as secret reaches the log, nor any credential that is sent", async () => {
  const { plane, lines } = await startWithLog();
  const { namespace } = await addNamespace(plane);
  const key = await addKey(plane, namespace, "first");
  const rotated = await plane.send("POST", `${keysOf(namespace)}/${key.id}/rotate`);
  const { secret } = Object(rotated.body).access_key;
  // What this test makes is all there is to find: whoever marks a field in a further route has to make it here, too.
  const shown = listSecrets(plane.routes).filter(({ path }) => path.at(-1) !== "key");
  expect(new Set(shown.map(({ routeId }) => routeId))).toEqual(new Set(["accessKey.create", "accessKey.rotate"]));

  const wrong = { id: key.id, secret: `${key.secret.slice(0, -1)}_` };
  for (const credential of [key, { id: key.id, secret }, wrong]) {
    const headers = { authorization: basic(credential) };
    await fetch(`${plane.url}/api/v1/namespaces`, { headers });
    await plane.send("GET", NAMESPACES, { token: null, headers });
  }
  await plane.send("GET", NAMESPACES, { token: `${plane.token}x` });

  const text = textOf(lines);
  for (const sent of [key.secret, secret, wrong.secret, plane.token]) {
    expect(text).not.toContain(sent);
    expect(text).not.toContain(sent.slice(8, 40));
    expect(text).not.toContain(Buffer.from(sent).toString("base64").slice(4, 40));
  }
  expect(text).not.toMatch(/authorization|Bearer |Basic /i);
});

test("no body, address, argument, result or code reaches the log, whether the request succeeds or fails", async () => {
  const { plane, lines } = await startWithLog();
  const { namespace: namespaceId, api_host } = await addNamespace(plane);
  const key = await addKey(plane, namespaceId, "caller");
  const mark = "PRIVATE-7f3a";

  for (const { name, method, path, json } of OPERATIONS) {
    if (name === "delete namespace") continue;
    await plane.send(method, `${path({ namespaceId, keyId: NO_KEY })}?q=${mark}`, { json: json?.(mark) });
    await plane.send(method, path({ namespaceId: mark, keyId: mark }));
  }
  await plane.send("POST", NAMESPACES, { text: `{"label":"${mark}` });

  const call = async (method: string, path: string, body?: string) => {
    const headers = { authorization: basic(key), "content-type": "application/json" };
    const url = `${api_host}/api/v1/namespaces/_/actions/${path}`;
    return (await fetch(url, { method, headers, body: body ?? null })).status;
  };
  const code = `function main({ say }) { console.log(say); if (say.endsWith("!")) throw new Error(say); return { say }; } // ${mark}`;
  expect(await call("PUT", "echo", JSON.stringify({ exec: { kind: "nodejs:default", code } }))).toBe(200);
  expect(await call("POST", "echo?blocking=true", JSON.stringify({ say: mark }))).toBe(200);
  expect(await call("POST", "echo?blocking=true", JSON.stringify({ say: `${mark}!` }))).toBe(502);
  expect(await call("POST", "echo?blocking=true", `{"say":"${mark}`)).toBe(400);
  expect(await call("GET", mark)).toBe(404);

  expect(lines.length).toBeGreaterThan(20);
  expect(textOf(lines)).not.toContain(mark);
});

test.each(["/api/v1/namespaces/_/actions/a", "/api/v1/web/{namespace}/default/hello"])(
  "who hangs up in the middle of a body is noted, and not as a failure of the server: PUT %s",
  async (address) => {
    const { plane, lines } = await startWithLog();
    const { namespace } = await addNamespace(plane);
    const key = await addKey(plane, namespace, "caller");
    const headers = { authorization: basic(key), "content-type": "application/json" };
    const exec = { kind: "nodejs:default", code: "exports.main = () => ({})" };
    await fetch(`${plane.url}/api/v1/namespaces/_/actions/hello`, {
      method: "PUT",
      headers,
      body: JSON.stringify({ exec, annotations: [{ key: "web-export", value: true }] }),
    });
    lines.length = 0;
    const { send, hangUp } = await openConnection(plane.url);
    const path = address.replace("{namespace}", namespace);
    send(`PUT ${path} HTTP/1.1\r\nhost: x\r\nauthorization: ${basic(key)}\r\ncontent-length: 100\r\n\r\n{"exec"`);
    // What was sent is not lost when hanging up, but it has to have arrived.
    await connect(plane.url, key);
    hangUp();
    await expect
      .poll(() => lines)
      .toContainEqual(expect.objectContaining({ error: "http.malformed_body", status: 400 }));
    expect(lines).not.toContainEqual(expect.objectContaining({ status: 500 }));
  },
);

test("an unexpected failure tells the operator its cause, and the caller one fixed sentence", async () => {
  const { plane, lines } = await startWithLog();
  await plane.store.db.schema.dropTable("namespaces").execute();
  const answer = await plane.send("GET", NAMESPACES);
  expect(answer).toMatchObject({ status: 500, body: { id: "server_error", message: "Unexpected server-side error" } });
  expect(lines).toMatchObject([
    { status: 500, error: "http.unexpected", cause: { message: expect.stringContaining("no such table") } },
  ]);
  expect(textOf(lines)).not.toContain(plane.token.slice(8));
});
