import { inspect } from "node:util";
import type { RouteDescription } from "@latchkey/contract/route";
import { listSecrets, type SecretField } from "@latchkey/contract/secrets";
import { expect, test } from "vitest";
import { createCaller } from "../../test/caller.ts";
import { startControlPlane } from "../../test/contract/control-plane.ts";
import { OPERATIONS } from "../../test/contract/operations.ts";
import { addKey, addNamespace, connect, keysOf, NAMESPACES, NO_KEY, NO_NAMESPACE } from "../../test/contract/things.ts";
import { buildWorld, MUTATIONS } from "../../test/promises/mutations.ts";
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

test("no credential reaches the log, right or wrong, in force or not", async () => {
  const { plane, lines } = await startWithLog();
  const { namespace } = await addNamespace(plane);
  const key = await addKey(plane, namespace, "first");
  const rotated = await plane.send("POST", `${keysOf(namespace)}/${key.id}/rotate`);
  const { secret } = Object(rotated.body).access_key;
  const wrong = { id: key.id, secret: `${key.secret.slice(0, -1)}_` };
  for (const credential of [key, { id: key.id, secret }, wrong]) {
    const headers = { authorization: basic(credential) };
    await fetch(`${plane.url}/api/v1/namespaces`, { headers });
    await plane.send("GET", NAMESPACES, { token: null, headers });
  }
  await plane.send("GET", NAMESPACES, { token: `${plane.token}x` });

  expectAbsent([key.secret, secret, wrong.secret, plane.token], lines);
  expect(textOf(lines)).not.toMatch(/authorization|Bearer |Basic /i);
});

test("no field that the contract marks as secret reaches the log, on its way in or out", async () => {
  const { plane, lines } = await startWithLog();
  const calls: SecretCall[] = [];
  const caller = createCaller(plane.url, plane.token);
  const recording: typeof caller = {
    ...caller,
    async send(method, path, given) {
      const answer = await caller.send(method, path, given);
      calls.push({ method, path, sent: given?.json, status: answer.status, text: answer.text });
      return answer;
    },
  };
  // No namespace has a shared key to show.
  const secrets = listSecrets(plane.routes).filter(({ path }) => path.at(-1) !== "key");
  const world = await buildWorld(recording);
  for (const routeId of new Set(secrets.map((secret) => secret.routeId))) {
    const mutation = MUTATIONS[routeId];
    await mutation?.first?.(world);
    await mutation?.act(world);
  }
  // Somebody new, who is invited and accepts.
  await MUTATIONS["invitation.cancel"]?.act(world);
  await MUTATIONS["member.remove"]?.first?.(world);
  const passwords = { current_password: "the password until now", new_password: "the password from now on" };
  await recording.send("PUT", "/v2/account/password", { json: passwords });
  await recording.send("PUT", "/v2/account", { json: { email: "a@example.com", ...passwords } });
  const link = { secret: `dor_v1_${"5".repeat(64)}`, new_password: "the password after all" };
  await recording.send("POST", "/v2/password-resets/redeem", { json: link });

  const values = secrets.map((secret) => {
    const found = calls.filter(isOf(plane.routes, secret.routeId)).flatMap((call) => valuesIn(call, secret));
    // A field that nothing was seen in would have been looked for in vain.
    return [`${secret.routeId} ${secret.place} ${secret.path.join(".")}`, found] as const;
  });
  expect(values.filter(([, found]) => found.length === 0)).toEqual([]);
  expectAbsent(
    values.flatMap(([, found]) => found),
    lines,
  );
});

type SecretCall = { method: string; path: string; sent: unknown; status: number; text: string };

const isOf = (routes: readonly RouteDescription[], id: string) => {
  const { method, path } = routes.find((route) => route.id === id) ?? { method: "", path: "" };
  const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
  return (call: SecretCall): boolean => call.method === method && pattern.test(call.path);
};

/** What stands in a marked field of a call. */
function valuesIn({ sent, status, text }: SecretCall, { place, path }: SecretField): string[] {
  if (place !== "body" && place !== String(status)) return [];
  const at = (value: unknown, [step, ...rest]: readonly string[]): unknown[] => {
    if (step === undefined) return [value];
    const next = step === "*" ? Object.values(Object(value)) : [Object(value)[step]];
    return next.flatMap((inner) => at(inner, rest));
  };
  return at(place === "body" ? sent : JSON.parse(text), path).filter((value) => typeof value === "string");
}

/** Neither whole, nor in part, nor encoded. */
function expectAbsent(secrets: readonly string[], lines: readonly LogFields[]): void {
  const text = textOf(lines);
  for (const secret of secrets) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(secret.slice(-24));
    expect(text).not.toContain(Buffer.from(secret).toString("base64").slice(4, 40));
  }
}

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
