import { request as httpRequest } from "node:http";
import { connect as connectSocket } from "node:net";
import { expect, test } from "vitest";
import { startControlPlane } from "./control-plane.ts";
import { addKey, addNamespace, keysOf, NAMESPACES } from "./things.ts";

const JSON_TYPE = { "content-type": "application/json" };
const flat = { label: "demo", region: "fra1" };

/** Sends exactly these bytes and gives what comes back. */
async function sendBytes(url: string, bytes: string): Promise<string> {
  const socket = connectSocket(Number(new URL(url).port), "127.0.0.1");
  socket.end(bytes);
  return (await socket.setEncoding("utf8").toArray()).join("");
}

test("a JSON content type with an empty body, as godo sends it with every DELETE and to the sandbox", async () => {
  const plane = await startControlPlane();
  const { namespace } = await addNamespace(plane);
  const { id } = await addKey(plane, namespace, "ci");
  expect((await plane.send("DELETE", `${keysOf(namespace)}/${id}`, { headers: JSON_TYPE })).status).toBe(200);
  expect((await plane.send("DELETE", `${NAMESPACES}/${namespace}`, { headers: JSON_TYPE })).status).toBe(204);
  expect((await plane.send("POST", "/v2/functions/sandbox", { headers: JSON_TYPE })).status).toBe(200);
  expect((await plane.send("GET", NAMESPACES, { headers: JSON_TYPE })).status).toBe(200);
});

test("no content type, as dots and curl send none with DELETE", async () => {
  const plane = await startControlPlane();
  const { namespace } = await addNamespace(plane);
  const sent = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { authorization: `Bearer ${plane.token}`, accept: "application/json" };
    httpRequest(`${plane.url}${NAMESPACES}/${namespace}`, { method: "DELETE", headers }, ({ statusCode }) =>
      resolve(statusCode),
    )
      .on("error", reject)
      .end();
  });
  expect(sent).toBe(204);
  expect((await plane.send("POST", NAMESPACES, { text: JSON.stringify(flat) })).status).toBe(200);
});

test("a line break after the body, as godo sends it", async () => {
  const { send } = await startControlPlane();
  expect((await send("POST", NAMESPACES, { text: `${JSON.stringify(flat)}\n`, headers: JSON_TYPE })).status).toBe(200);
});

test("a body of white space alone is an empty one", async () => {
  const { send } = await startControlPlane();
  expect((await send("POST", "/v2/functions/sandbox", { text: " \r\n", headers: JSON_TYPE })).status).toBe(200);
});

test("any content type around JSON, as `curl -d` sends a form's; 400 if it is not JSON", async () => {
  const { send } = await startControlPlane();
  const types = [
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/xml",
    "nonsense",
  ];
  for (const [index, type] of types.entries()) {
    const headers = { "content-type": type };
    const text = JSON.stringify({ ...flat, label: `label ${index}` });
    expect([type, (await send("POST", NAMESPACES, { text, headers })).status]).toEqual([type, 200]);
    const wrong = await send("POST", NAMESPACES, { text: "label=demo&region=fra1", headers });
    expect([type, wrong]).toMatchObject([type, { status: 400, body: { message: "error parsing request body" } }]);
  }
});

test("percent-encoded path segments, as dots sends them", async () => {
  const plane = await startControlPlane();
  const { namespace } = await addNamespace(plane);
  const { id } = await addKey(plane, namespace, "ci");
  const encoded = (text: string) => text.replace(/[-_a-f]/g, (each) => `%${each.charCodeAt(0).toString(16)}`);
  const address = `${NAMESPACES}/${encoded(namespace)}/keys/${encoded(id)}`;
  expect((await plane.send("PUT", address, { json: { name: "renamed" } })).body).toMatchObject({ access_key: { id } });
});

test("an encoded slash does not end a segment", async () => {
  const plane = await startControlPlane();
  const { namespace } = await addNamespace(plane);
  const answer = await plane.send("GET", `${NAMESPACES}/${namespace}%2Fkeys`);
  expect(answer).toMatchObject({ status: 404, body: { message: "namespace not found" } });
});

test("an address that is not validly encoded is a 400 in the usual shape", async () => {
  const { send } = await startControlPlane();
  expect(await send("GET", `${NAMESPACES}/%zz`)).toMatchObject({ status: 400, body: { id: "bad_request" } });
});

test("a method that an address does not have is a 405 that names the ones it has, to known callers", async () => {
  const { send } = await startControlPlane();
  const answer = await send("PATCH", NAMESPACES);
  expect(answer).toMatchObject({ status: 405, body: { id: "method_not_allowed" } });
  expect(answer.headers.get("allow")).toBe("GET, POST");
  expect((await send("PATCH", NAMESPACES, { token: null })).status).toBe(401);
});

test("a body that is too large is a 413 in the usual shape, announced or not", async () => {
  const { send, url, token } = await startControlPlane();
  const text = JSON.stringify({ ...flat, padding: "x".repeat(1_100_000) });
  expect(await send("POST", NAMESPACES, { text })).toMatchObject({ status: 413, body: { id: "payload_too_large" } });
  const head = `POST ${NAMESPACES} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ntransfer-encoding: chunked\r\n\r\n`;
  const chunk = `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
  expect(await sendBytes(url, head + chunk)).toMatch(/^HTTP\/1\.1 413 [\s\S]*"id":"payload_too_large"/);
});

test("an unannounced body, in chunks, is read like any other", async () => {
  const { url, token } = await startControlPlane();
  const text = JSON.stringify(flat);
  const head = `POST ${NAMESPACES} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${token}\r\ntransfer-encoding: chunked\r\n\r\n`;
  const chunk = `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
  expect(await sendBytes(url, head + chunk)).toMatch(/^HTTP\/1\.1 200 [\s\S]*"label":"demo"/);
});

test("a target in absolute form, as clients behind HTTP_PROXY send it", async () => {
  const { url, token } = await startControlPlane();
  const bytes = `GET http://functions.example.co${NAMESPACES} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${token}\r\n\r\n`;
  expect(await sendBytes(url, bytes)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{"namespaces":\[\]\}/);
});

test("every request has an id of its own, whatever id the caller sends", async () => {
  const { send } = await startControlPlane();
  const headers = { "x-request-id": "mine" };
  const ids = await Promise.all(
    [1, 2, 3].map(async () => (await send("GET", NAMESPACES, { headers })).headers.get("x-request-id")),
  );
  expect(new Set(ids).size).toBe(3);
  expect(ids).not.toContain("mine");
});

test.each(["gzip", "*", "br, gzip;q=0.5", "identity"])("an Accept-Encoding of %s does no harm", async (encoding) => {
  const { send } = await startControlPlane();
  expect((await send("GET", NAMESPACES, { headers: { "accept-encoding": encoding } })).status).toBe(200);
});

test("the data plane takes JSON under a JSON type only: 415 for any other, readable or not", async () => {
  const plane = await startControlPlane();
  const { namespace, api_host } = await addNamespace(plane);
  const { id, secret } = await addKey(plane, namespace, "ci");
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
  for (const type of ["text/plain", "nonsense"]) {
    const answer = await fetch(`${api_host}/api/v1/namespaces/_/packages/p`, {
      method: "PUT",
      headers: { authorization, "content-type": type },
      body: "{}",
    });
    expect([type, answer.status, await answer.json()]).toEqual([
      type,
      415,
      {
        error: "The request's Content-Type is not supported. Expected:\napplication/json",
        code: answer.headers.get("x-request-id"),
      },
    ]);
  }
});
