import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { deployFolder } from "../../test/deploy-folder.ts";
import { fakeNamespace } from "../../test/fake-namespace.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import type { ActionBody, Parameter } from "./deploy/api.ts";

const run = promisify(execFile);
const EXAMPLES = join(import.meta.dirname, "../../../examples");

type Answer = { readonly statusCode?: number; readonly body?: unknown };

/** Deploys a copy of an example and loads what arrived, the way a runtime would. */
async function deployed(example: string, functionName: string, variables: { readonly [name: string]: string } = {}) {
  const folder = await tempFolder();
  await cp(join(EXAMPLES, example), folder, { recursive: true, filter: (path) => !path.includes("node_modules") });
  const server = fakeNamespace();
  const { PATH, HOME } = process.env;
  // What the checkout installed is in npm's cache, so the network is asked only where that was cleared.
  const environment = { PATH, HOME, npm_config_prefer_offline: "true", ...variables };
  const { results } = await deployFolder(folder, server, { environment });
  const body = server.actions.get(functionName)?.body;
  if (body === undefined) throw new Error(`${functionName} was not deployed: ${JSON.stringify(results)}`);
  const [packageName = ""] = functionName.split("/");
  // A function gets what its package has, and its own on top of it.
  const parameters = [...(server.packages.get(packageName)?.body.parameters ?? []), ...body.parameters];
  const code = await load(body);
  return { results, main: (event: object) => call(code, { ...given(parameters), ...event }, variablesOf(parameters)) };
}

/** Writes what was sent to a folder; what runs it there hands its answer over as the last line of what it prints. */
async function load({ exec }: ActionBody): Promise<string> {
  if (!("code" in exec)) throw new Error("expected code");
  const files = exec.binary ? unzipSync(Buffer.from(exec.code, "base64")) : { "index.js": exec.code };
  return tempFolder(files);
}

const given = (parameters: readonly Parameter[]) =>
  Object.fromEntries(parameters.filter(({ init }) => !init).map(({ key, value }) => [key, value]));
const variablesOf = (parameters: readonly Parameter[]): [string, string][] =>
  parameters.filter(({ init }) => init).map(({ key, value }) => [key, String(value)]);

const CALL = `const [folder, event] = process.argv.slice(1);
require(folder).main(JSON.parse(event), { functionName: "/fn-1/p/f" }).then((answer) => console.log(JSON.stringify(answer)));`;

/** Calls the function in a process of its own, with its own environment and nothing else. */
async function call(folder: string, event: object, environment: readonly [string, string][]) {
  const env = Object.fromEntries(environment);
  const { stdout } = await run(process.execPath, ["-e", CALL, folder, JSON.stringify(event)], { env });
  const printed = stdout.trim().split("\n");
  const answer: Answer = JSON.parse(printed.pop() ?? "");
  return { ...answer, printed };
}

test("hello greets by name, and strangers too", async () => {
  const { main } = await deployed("hello", "sample/hello");
  expect(await main({ name: "Ada" })).toEqual({ body: "Hello, Ada!", printed: ["/fn-1/p/f greets Ada"] });
  expect(await main({})).toMatchObject({ body: "Hello, stranger!" });
});

describe("quotes-api", () => {
  test("answers every address its README names, with its dependency on board", { timeout: 60_000 }, async () => {
    const { main } = await deployed("quotes-api", "quotes/api");
    const get = (path: string, query: object = {}) => main({ ...query, http: { method: "GET", path, headers: {} } });

    expect(await get("")).toMatchObject({ statusCode: 200, body: { count: 8 } });
    expect(await get("/", { about: "time", limit: "2" })).toMatchObject({
      body: { count: 2, quotes: [{ id: "mortal" }, { id: "time" }] },
    });
    expect(await main({ author: "SENECA" })).toMatchObject({ body: { quotes: [{ id: "time" }] } });
    expect(await get("/giants")).toMatchObject({ statusCode: 200, body: { author: "Isaac Newton" } });
    expect(await get("/random")).toMatchObject({ statusCode: 200, body: { text: expect.any(String) } });
    expect(await get("/nothing")).toMatchObject({ statusCode: 404 });
    expect(await get("", { limit: "many" })).toMatchObject({ statusCode: 400 });
    expect(await main({ http: { method: "DELETE", path: "/giants", headers: {} } })).toMatchObject({ statusCode: 405 });
  });
});

describe("daily-report", () => {
  test("reports what its README shows, off the web", async () => {
    const { main, results } = await deployed("daily-report", "reports/daily");
    const { printed, body } = await main({ top: 3 });
    expect(await readFile(join(EXAMPLES, "daily-report/README.md"), "utf8")).toContain(printed.join("\n"));
    expect(body).toMatchObject({ day: "2026-03-03", orders: 5, total: 4390, sent: false });
    expect(results["reports/daily"]).toMatchObject({
      reach: { kind: "rest" },
      triggers: [{ name: "report-on-weekdays", outcome: "deployed" }],
    });
  });
});

describe("webhook-verifier", () => {
  // The example of docs.github.com, "Validating webhook deliveries".
  const WEBHOOK_SECRET = "It's a Secret to Everybody";
  const PUBLISHED = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  const sign = (body: string, secret = WEBHOOK_SECRET): string =>
    `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  const request = (body: string, signature?: string, more: object = {}) => ({
    http: {
      method: "POST",
      path: "",
      queryString: "",
      isBase64Encoded: false,
      headers: { "x-github-event": "push", ...(signature && { "x-hub-signature-256": signature }) },
      body,
      ...more,
    },
  });
  const verifier = () => deployed("webhook-verifier", "webhooks/github", { WEBHOOK_SECRET });

  test("makes the signature that GitHub publishes", async () => {
    const { main } = await verifier();
    // Signed rightly, so what is left to complain of is that it is no JSON.
    expect(await main(request("Hello, World!", PUBLISHED))).toMatchObject({ statusCode: 400 });
    expect(await main(request("Hello, World?", PUBLISHED))).toMatchObject({ statusCode: 401 });
  });

  test("takes what is signed, as text and as base64, and nothing else", async () => {
    const { main } = await verifier();
    const body = '{"repository":{"full_name":"me/mine"}}';
    expect(await main(request(body, sign(body)))).toEqual({
      statusCode: 202,
      body: { accepted: "push" },
      printed: ["push of me/mine"],
    });
    const encoded = { body: Buffer.from(body).toString("base64"), isBase64Encoded: true };
    expect(await main(request(body, sign(body), encoded))).toMatchObject({ statusCode: 202 });
    for (const signature of [
      undefined,
      "",
      "sha256=",
      sign(body).slice(0, -1),
      sign(body, "another"),
      sign(`${body} `),
    ]) {
      expect(await main(request(body, signature))).toMatchObject({ statusCode: 401 });
    }
    expect(await main(request(body, sign(body), { method: "GET" }))).toMatchObject({ statusCode: 405 });
  });

  test("is not deployed without a secret", async () => {
    await expect(deployed("webhook-verifier", "webhooks/github")).rejects.toThrow(
      "project.yml:9: The following substitutions could not be resolved: 'WEBHOOK_SECRET'",
    );
  });
});

test("every example has a README and is in the list of them", async () => {
  const list = await readFile(join(EXAMPLES, "README.md"), "utf8");
  for (const entry of await readdir(EXAMPLES, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    expect(list).toContain(`[${entry.name}](${entry.name})`);
    expect(await readdir(join(EXAMPLES, entry.name))).toContain("README.md");
  }
});
