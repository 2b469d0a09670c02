import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";

const ELSEWHERE = /https?:|\/\//;

test("ping says pong to anybody", async () => {
  const { url } = await startTestLatchkey();
  const answer = await fetch(`${url}/ping`);
  expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([200, "text/plain", "pong"]);
  expect(answer.headers.get("x-request-id")).toMatch(/./);
});

test("the API document is served as it is committed", async () => {
  const { url } = await startTestLatchkey();
  const answer = await fetch(`${url}/openapi.json`);
  expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
  const committed = readFileSync(new URL(import.meta.resolve("@latchkey/contract/openapi.json")), "utf8");
  expect(await answer.json()).toEqual(JSON.parse(committed));
});

test("the page of the API loads what it needs from this server and from nowhere else", async () => {
  const { url } = await startTestLatchkey();
  const answer = await fetch(`${url}/docs/api`);
  expect(answer.headers.get("content-type")).toBe("text/html");
  const page = await answer.text();
  const parts = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = ""]) => address);
  expect(parts.filter((address) => ELSEWHERE.test(address))).toEqual([]);
  for (const address of parts.filter((each) => !each.startsWith("data:"))) {
    const part = await fetch(new URL(address, answer.url));
    expect([address, part.status]).toEqual([address, 200]);
    expect((await part.bytes()).length).toBe(Number(part.headers.get("content-length")));
  }
});

test("the page may run nothing inline, reach no other server and be framed by nobody", async () => {
  const { url } = await startTestLatchkey();
  const { headers } = await fetch(`${url}/docs/api`);
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

test("the page works below the path of an API host too", async () => {
  const { url } = await startTestLatchkey();
  expect((await fetch(`${url}/faas-fra1.co/docs/api/start.js`)).status).toBe(200);
});

test.each(["nothing.js", "..%2fpackage.json", "%2e%2e%2f%2e%2e%2fpackage.json", "swagger-ui.js.map"])(
  "no other file is to be had: %s",
  async (name) => {
    const { url } = await startTestLatchkey();
    const answer = await fetch(`${url}/docs/api/${name}`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ id: "not_found" });
  },
);

test("HEAD tells the size of a part without sending it", async () => {
  const { url } = await startTestLatchkey();
  const answer = await fetch(`${url}/docs/api/swagger-ui-bundle.js`, { method: "HEAD" });
  expect(answer.status).toBe(200);
  expect(Number(answer.headers.get("content-length"))).toBeGreaterThan(1_000_000);
  expect(await answer.text()).toBe("");
});
