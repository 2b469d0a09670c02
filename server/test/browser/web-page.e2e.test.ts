import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { startDataPlane } from "../openwhisk/data-plane.ts";
import { openBrowser } from "./chromium.ts";

/** A guest book: its page has a form, what is sent is kept in a cookie, and the browser is sent back to the page. */
const GUEST_BOOK = `
const escape = (text) => text.replace(/[&<>"]/g, (sign) => "&#" + sign.charCodeAt(0) + ";");
const cookie = ({ http }) => decodeURIComponent(/name=([^;]*)/.exec(http.headers.cookie ?? "")?.[1] ?? "");
exports.main = (event) => {
  const { method, path, headers } = event.http;
  if (method === "POST") {
    return {
      statusCode: 303,
      headers: {
        location: "guests",
        "set-cookie": ["name=" + encodeURIComponent(event.name) + "; Path=/; HttpOnly", "seen=" + headers["content-type"].split("/")[0] + "; Path=/"],
      },
    };
  }
  if (path === "/style.css") return { headers: { "content-type": "text/css" }, body: "h1 { color: rgb(1, 2, 3) }" };
  if (path === "/dot.png") return { headers: { "content-type": "image/png" }, body: "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGNk+M/AwMAAAAcEAQGc/cLCAAAAAElFTkSuQmCC" };
  if (path === "/script.js") return { headers: { "content-type": "text/javascript" }, body: "document.title = 'ready';" };
  return {
    body: "<!doctype html><title>Guests</title><link rel=icon href='data:,'><link rel=stylesheet href='guests/style.css'>" +
      "<h1>Hello " + escape(cookie(event) || "stranger") + "</h1><img src='guests/dot.png' alt=''>" +
      "<form method=post action='guests'><label>Name <input name=name></label><button>Sign</button></form>" +
      "<script src='guests/script.js'></script>",
  };
};`;

const onTheWeb = (annotations: Record<string, unknown> = {}) => ({
  annotations: Object.entries({ "web-export": true, ...annotations }).map(([key, value]) => ({ key, value })),
});

test("a page that a function serves is one to a real browser: style, picture, script, form, cookie and redirect", async () => {
  const { deploy, url, namespace } = await startDataPlane();
  const { page, complaints } = await openBrowser();
  await deploy("guests", GUEST_BOOK, onTheWeb());
  await page.goto(`${url}/api/v1/web/${namespace}/default/guests`);
  expect(await page.textContent("h1")).toBe("Hello stranger");
  expect(await page.title()).toBe("ready");
  // As text: this code runs in the page, where there is a document.
  expect(await page.evaluate("getComputedStyle(document.querySelector('h1')).color")).toBe("rgb(1, 2, 3)");
  expect(await page.evaluate("document.querySelector('img').naturalWidth")).toBe(2);

  await page.fill("input", 'Ädä <b>"& Söhne"</b> 😀');
  await page.click("button");
  await page.waitForURL(/\/guests$/);
  expect(await page.textContent("h1")).toBe('Hello Ädä <b>"& Söhne"</b> 😀');
  const cookies = await page.context().cookies();
  expect(cookies.map(({ name, httpOnly }) => ({ name, httpOnly }))).toEqual(
    expect.arrayContaining([
      { name: "name", httpOnly: true },
      { name: "seen", httpOnly: false },
    ]),
  );
  await page.reload();
  expect(await page.textContent("h1")).toContain("Ädä");
  expect(complaints).toEqual([]);
});

test("a page from elsewhere may call a function, with whatever headers, unless the function itself decides who may", async () => {
  const { deploy, url, namespace } = await startDataPlane();
  const { page } = await openBrowser();
  await deploy("open", "exports.main = ({ a, http }) => ({ body: { a, x: http.headers['x-mine'] } });", onTheWeb());
  await deploy(
    "own",
    `exports.main = ({ http }) => ({
      headers: { "access-control-allow-origin": "https://example.com" },
      body: {},
    });`,
    onTheWeb({ "web-custom-options": true }),
  );
  const elsewhere = createServer((_request, response) => response.setHeader("content-type", "text/html").end("<p>"));
  onTestFinished(() => void elsewhere.close());
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  await page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`);

  const call = (name: string) =>
    page.evaluate(async (address) => {
      const headers = { "content-type": "application/json", "x-mine": "1" };
      try {
        const answer = await fetch(address, { method: "PUT", headers, body: '{"a":1}' });
        return { status: answer.status, body: await answer.json() };
      } catch (error) {
        return { refused: String(error) };
      }
    }, `${url}/api/v1/web/${namespace}/default/${name}`);
  expect(await call("open")).toEqual({ status: 200, body: { a: 1, x: "1" } });
  expect(await call("own")).toEqual({ refused: "TypeError: Failed to fetch" });
});

test("an error of a function is no page: a browser shows the text, and runs nothing of it", async () => {
  const { deploy, url, namespace } = await startDataPlane();
  const { page } = await openBrowser();
  await deploy("broken", "exports.main = () => { throw new Error('<script>document.title=1</script>'); };", onTheWeb());
  const answer = await page.goto(`${url}/api/v1/web/${namespace}/default/broken`);
  expect(answer?.status()).toBe(400);
  expect(answer?.headers()["content-type"]).toBe("application/json; charset=utf-8");
  expect(await page.title()).toBe("");
  expect(await page.textContent("body")).toContain("Response is not valid 'message/http'.");
});

describe("a function's page, which has the origin of the pages that people type secrets into,", () => {
  const WORKER = `
    exports.main = ({ http }) => http.path === "/worker.js"
      ? { headers: { "content-type": "text/javascript", "service-worker-allowed": "/" }, body: "onfetch = () => {};" }
      : { body: "<!doctype html><title>mine</title>" };`;

  test("can have a service worker for its own addresses, and for none of theirs", async () => {
    const { deploy, url, namespace } = await startDataPlane();
    const { page } = await openBrowser();
    await deploy("mine", WORKER, onTheWeb());
    await page.goto(`${url}/api/v1/web/${namespace}/default/mine`);
    // As text, here and below: this runs in the page, which has workers and windows.
    const register = (scope: string) =>
      page.evaluate(
        `navigator.serviceWorker.register("mine/worker.js", { scope: ${JSON.stringify(scope)} }).then(({ scope }) => scope, String)`,
      );
    expect(await register("mine/")).toBe(`${url}/api/v1/web/${namespace}/default/mine/`);
    for (const scope of ["/", "/invitations", "/docs/api", "/api/v1/web/"]) {
      expect(await register(scope)).toContain("SecurityError");
    }
  });

  test.each(["/invitations", "/password-resets", "/docs/api"])("cannot look into %s when it opens it", async (path) => {
    const { deploy, url, namespace } = await startDataPlane();
    const { page } = await openBrowser();
    await deploy("mine", WORKER, onTheWeb());
    await page.goto(`${url}/api/v1/web/${namespace}/default/mine`);
    const opened = page.context().waitForEvent("page");
    await page.evaluate(`globalThis.theirs = open(${JSON.stringify(path)}), null`);
    const theirs = await opened;
    await theirs.waitForLoadState();
    expect(new URL(theirs.url()).pathname).toBe(path);
    expect(await page.evaluate("theirs.closed")).toBe(true);
    await expect(page.evaluate("theirs.document.title")).rejects.toThrow("SecurityError");
    expect(await theirs.evaluate("opener")).toBeNull();
  });
});
