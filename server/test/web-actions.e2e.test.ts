import { connect as dial } from "node:net";
import { expect, test } from "vitest";
import { startTestLatchkey } from "./start-test-latchkey.ts";

type Key = { id: string; secret: string };

const basic = ({ id, secret }: Key): string => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

/** A server with two namespaces, and functions in the first, which really run. */
async function start() {
  const latchkey = await startTestLatchkey();
  const control = async (method: string, path: string, json?: unknown) => {
    const headers = { authorization: `Bearer ${latchkey.token}`, "content-type": "application/json" };
    const body = json === undefined ? null : JSON.stringify(json);
    const answer = await fetch(`${latchkey.url}/v2/functions/namespaces${path}`, { method, headers, body });
    const text = await answer.text();
    return text === "" ? null : JSON.parse(text);
  };
  const addNamespace = async (label: string): Promise<string> =>
    (await control("POST", "", { label, region: "fra1" })).namespace.namespace;
  const namespace = await addNamespace("web");
  const other = await addNamespace("other");
  const addKey = async (of: string, name: string, fields: object = {}): Promise<Key> =>
    (await control("POST", `/${of}/keys`, { name, ...fields })).access_key;
  const key = await addKey(namespace, "deployer");
  const publish = async (name: string, code: string, annotations: Record<string, unknown> = {}) => {
    const pairs = Object.entries({ "web-export": true, ...annotations }).map(([each, value]) => ({ key: each, value }));
    const answer = await fetch(`${latchkey.url}/api/v1/namespaces/_/actions/${name}?overwrite=true`, {
      method: "PUT",
      headers: { authorization: basic(key), "content-type": "application/json" },
      body: JSON.stringify({ exec: { kind: "nodejs:default", code }, annotations: pairs }),
    });
    expect(answer.status).toBe(200);
  };
  const address = `${latchkey.url}/api/v1/web/${namespace}/default`;
  return { ...latchkey, address, namespace, other, key, addKey, control, publish };
}

const ECHO = "exports.main = (event) => ({ body: event });";

test("a function never sees a credential for this server, valid or not, and does see everybody else's", async () => {
  const { address, namespace, other, key, addKey, publish, token } = await start();
  await publish("echo", ECHO);
  const elsewhere = await addKey(other, "elsewhere");
  const bound = await addKey(namespace, "bound", { allowed_networks: ["192.0.2.0/24"] });
  const ask = async (authorization: string) => {
    const answer = await fetch(`${address}/echo`, { headers: { authorization } });
    const text = await answer.text();
    return { text, event: JSON.parse(text) };
  };
  const wrong = { id: key.id, secret: elsewhere.secret };
  for (const { authorization, user } of [
    { authorization: basic(key), user: namespace },
    { authorization: basic(elsewhere), user: other },
    { authorization: basic(bound), user: undefined },
    { authorization: basic(wrong), user: undefined },
    { authorization: `Bearer ${token}`, user: undefined },
  ]) {
    const { text, event } = await ask(authorization);
    expect(event.__ow_user).toBe(user);
    expect(event.http.headers).not.toHaveProperty("authorization");
    const encoded = authorization.split(" ").at(-1) ?? "";
    for (const secret of [encoded, key.secret, elsewhere.secret, bound.secret, token]) {
      expect(text.includes(secret)).toBe(false);
    }
  }
  for (const authorization of ["Bearer of.their.own", basic({ id: "ada", secret: "lovelace" }), "Digest x=1"]) {
    const { event } = await ask(authorization);
    expect(event.http.headers.authorization).toBe(authorization);
    expect(event.__ow_headers.authorization).toBe(authorization);
    expect(event).not.toHaveProperty("__ow_user");
  }
});

test("where it asks for one, any key of this server opens a function until that key is revoked, and nothing else does", async () => {
  const { address, namespace, other, addKey, control, publish } = await start();
  await publish("closed", ECHO, { "require-whisk-auth": true });
  const reader = await addKey(other, "reader", { grants: ["read"] });
  const open = async (headers: Record<string, string>) => (await fetch(`${address}/closed`, { headers })).status;
  expect(await open({})).toBe(401);
  expect(await open({ authorization: basic({ id: "ada", secret: "lovelace" }) })).toBe(401);
  expect(await open({ authorization: basic({ ...reader, secret: reader.secret.replace(/.$/, "_") }) })).toBe(401);
  expect(await open({ authorization: basic(reader) })).toBe(200);
  await control("DELETE", `/${other}/keys/${reader.id}`);
  expect(await open({ authorization: basic(reader) })).toBe(401);
  await control("DELETE", `/${namespace}`);
  expect(await open({})).toBe(404);
});

test("credentials that are meant for functions are not counted as attempts to get in here", async () => {
  const { address, namespace, key, publish } = await start();
  await publish("echo", ECHO);
  const authorization = basic({ id: "ada", secret: "lovelace" });
  for (let n = 0; n < 200; n += 1) await fetch(`${address}/echo`, { method: "OPTIONS", headers: { authorization } });
  const answer = await fetch(`${address}/echo`, { headers: { authorization: basic(key) } });
  expect(await answer.json()).toMatchObject({ __ow_user: namespace });
});

test("where a request came from is what the server knows of it", async () => {
  const { address, publish } = await start();
  await publish("echo", ECHO);
  const sent = { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", "x-mine": "1" };
  const answer = await fetch(`${address}/echo?a=1`, { headers: sent });
  const headers = {
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-proto": "http",
    "x-request-id": answer.headers.get("x-request-id"),
    "x-mine": "1",
    accept: "*/*",
  };
  expect(await answer.json()).toMatchObject({ __ow_headers: headers, http: { headers } });
});

test("bytes come and go as they are, up to a mebibyte, and repeated headers are repeated", async () => {
  const { address, publish } = await start();
  await publish(
    "bytes",
    `exports.main = ({ http }) => ({
      headers: { "content-type": "application/octet-stream", "set-cookie": ["a=1", "b=2"] },
      body: Buffer.from(http.body, "base64").subarray(0, 700000).toString("base64"),
    });`,
    { "raw-http": true },
  );
  const body = Buffer.alloc(1_048_576, 0).map((_, at) => at % 251);
  const headers = { "content-type": "image/png" };
  const answer = await fetch(`${address}/bytes`, { method: "POST", headers, body });
  expect(answer.status).toBe(200);
  expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(Buffer.from(await answer.arrayBuffer()).equals(body.subarray(0, 700_000))).toBe(true);
});

test("a body that does not say how long it is is cut off where it is too long", async () => {
  const { url, address, publish } = await start();
  await publish("echo", ECHO);
  const { hostname, port } = new URL(url);
  const socket = dial(Number(port), hostname);
  const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
  socket.on("error", () => {});
  socket.write(`POST ${new URL(address).pathname}/echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`);
  const sending = setInterval(() => socket.writable && socket.write(chunk), 1);
  let received = "";
  for await (const data of socket) received += data;
  clearInterval(sending);
  expect(received).toMatch(/^HTTP\/1.1 413 /);
  expect(received).toMatch(/\r\nconnection: close\r\n/i);
});

test("a result of more than a mebibyte is an error like any other", async () => {
  const { address, publish } = await start();
  await publish("huge", 'exports.main = () => ({ body: "x".repeat(2 ** 21) });');
  const answer = await fetch(`${address}/huge`);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: "Response is not valid 'message/http'." });
  expect(await (await fetch(`${address}/huge.text`)).text()).toContain("exceeded the allowed length");
});

test("the address works below the path of an API host too, with what is encoded in it left to the function", async () => {
  const { url, namespace, publish } = await start();
  await publish("echo", ECHO);
  const answer = await fetch(`${url}/faas-fra1.co/api/v1/web/${namespace}/default/echo/a%2Fb%20c?x=%20y`);
  expect(await answer.json()).toMatchObject({ __ow_path: "/a%2Fb%20c", x: " y", http: { path: "/a%2Fb%20c" } });
  const long = "y".repeat(5000);
  expect(await (await fetch(`${url}/api/v1/web/${namespace}/default/echo/${long}`)).json()).toMatchObject({
    __ow_path: `/${long}`,
  });
});
