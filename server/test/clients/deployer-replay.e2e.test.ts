import { expect, test } from "vitest";
import { z } from "zod";
import { basic, bearer, createCaller } from "../caller.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";
import { type ReplayedAnswer, replay } from "./replay.ts";

/** The functions deployer is the `openwhisk` client for the API, and axios for the rest. */
const OPENWHISK_JS = { "user-agent": "openwhisk-client-js", accept: "application/json", connection: "close" };
const AXIOS = {
  "user-agent": "axios/1.7.2",
  accept: "application/json, text/plain, */*",
  "accept-encoding": "gzip, br",
};

async function startDeployer() {
  const latchkey = await startTestLatchkey();
  const caller = createCaller(latchkey.url, latchkey.token);
  const namespace = await caller.addNamespace();
  const key = await caller.addKey(namespace);
  const ask = (method: string, path: string, json?: unknown): Promise<ReplayedAnswer> => {
    const body = json === undefined ? null : JSON.stringify(json);
    return replay({
      method,
      url: `${latchkey.url}/api/v1/${path}`,
      headers: {
        ...OPENWHISK_JS,
        authorization: basic(key),
        // With and without a body: the client sends this with everything.
        "content-type": "application/json",
        ...(body === null ? {} : { "content-length": `${Buffer.byteLength(body)}` }),
      },
      body,
    });
  };
  const ok = async (method: string, path: string, json?: unknown): Promise<unknown> => {
    const { status, text } = await ask(method, `namespaces/_/${path}`, json);
    expect([path, status, text]).toEqual([path, 200, expect.any(String)]);
    return JSON.parse(text);
  };
  return { url: latchkey.url, token: latchkey.token, namespace, ask, ok };
}

const deployer = { user: "deployer", projectPath: "demo", digest: "1a2b3c4d", zipped: false };
const actionBody = (code: string, extra: object = {}) => ({
  annotations: [
    { key: "deployer", value: deployer },
    { key: "final", value: true },
    { key: "web-export", value: true },
    { key: "raw-http", value: false },
    { key: "require-whisk-auth", value: false },
  ],
  parameters: [
    { key: "greeting", value: "hi" },
    { key: "LOG_LEVEL", value: "info", init: true },
  ],
  exec: { code, binary: false, kind: "nodejs:default" },
  limits: { timeout: 5000, memory: 256 },
  ...extra,
});
const Deployed = z.looseObject({
  namespace: z.string(),
  version: z.string(),
  annotations: z.array(z.object({ key: z.string(), value: z.unknown() })),
});

test("a deployment, request by request, and the same once more", async () => {
  const { url, namespace, ask, ok } = await startDeployer();
  const own = await ask("GET", "namespaces");
  expect([own.status, JSON.parse(own.text)]).toEqual([200, [namespace]]);
  const info = await replay({ method: "GET", url: `${url}/api/v1`, headers: AXIOS, body: null });
  const { nodejs } = JSON.parse(info.text).runtimes;
  const standard = nodejs.find((item: { default: boolean }) => item.default).kind;

  expect((await ask("GET", "namespaces/_/packages/sample")).status).toBe(404);
  const packageBody = { annotations: [{ key: "deployer", value: deployer }], parameters: [], publish: false };
  const put = Deployed.parse(await ok("PUT", "packages/sample?overwrite=true", packageBody));
  expect(put.version).toBe("0.0.1");

  for (const version of ["0.0.1", "0.0.2"]) {
    const former = await ask("GET", "namespaces/_/actions/sample/greet?code=false");
    expect(former.status).toBe(version === "0.0.1" ? 404 : 200);
    const body = actionBody("exports.main = ({ greeting }) => ({ body: greeting + process.env.LOG_LEVEL });");
    // What the former one had is sent back, the server's own annotations included, `exec` with another kind.
    const kept = former.status === 404 ? [] : Deployed.parse(JSON.parse(former.text)).annotations;
    const stale = kept.map((one) => (one.key === "exec" ? { key: "exec", value: "php:8.0" } : one));
    const annotations = [...body.annotations, ...stale.filter(({ key }) => ["exec", "provide-api-key"].includes(key))];
    const answer = Deployed.parse(await ok("PUT", "actions/sample/greet?overwrite=true", { ...body, annotations }));
    expect(answer).toMatchObject({ version, namespace: `${namespace}/sample`, exec: { kind: standard } });
    expect(answer.annotations.filter(({ key }) => key === "exec")).toEqual([{ key: "exec", value: standard }]);
    expect(answer.annotations).toContainEqual({ key: "deployer", value: deployer });
  }

  const page = await fetch(`${url}/api/v1/web/${namespace}/sample/greet`);
  expect([page.status, await page.text()]).toEqual([200, "hiinfo"]);
  // Everything that project.yml gives a value is final.
  expect((await fetch(`${url}/api/v1/web/${namespace}/sample/greet?greeting=x`)).status).toBe(400);
});

test("25 functions at once, each with its own version", async () => {
  const { ok } = await startDeployer();
  await ok("PUT", "packages/sample?overwrite=true", { annotations: [], parameters: [], publish: false });
  const names = Array.from({ length: 25 }, (_, index) => `f${index}`);
  const put = (name: string) => ok("PUT", `actions/sample/${name}?overwrite=true`, actionBody(`// ${name}`));
  for (const version of ["0.0.1", "0.0.2"]) {
    const answers = await Promise.all(names.map(put));
    expect(answers.map((answer) => Deployed.parse(answer).version)).toEqual(names.map(() => version));
  }
  expect(await ok("GET", "actions?count=true")).toEqual({ actions: 25 });
});

test("a namespace is wiped by listing until nothing is listed any more", async () => {
  const { ok } = await startDeployer();
  await ok("PUT", "packages/sample?overwrite=true", {});
  for (const name of ["sample/a", "sample/b", "c"]) await ok("PUT", `actions/${name}?overwrite=true`, actionBody("1"));
  const Listed = z.array(z.looseObject({ namespace: z.string(), name: z.string() }));
  for (const collection of ["actions", "packages"]) {
    for (let round = 0; ; round += 1) {
      const items = Listed.parse(await ok("GET", `${collection}?limit=200`));
      if (items.length === 0) break;
      expect(round).toBe(0);
      for (const { namespace, name } of items) {
        const [, packageName] = namespace.split("/");
        await ok("DELETE", `${collection}/${packageName === undefined ? "" : `${packageName}/`}${name}`);
      }
    }
  }
});

test("sequences follow their functions, and triggers are replaced by deleting and creating them", async () => {
  const { url, token, namespace, ok } = await startDeployer();
  await ok("PUT", "packages/sample?overwrite=true", { annotations: [], parameters: [], publish: false });
  for (const name of ["a", "b"]) {
    const code = `exports.main = ({ list = [] }) => ({ list: [...list, "${name}"] });`;
    await ok("PUT", `actions/sample/${name}?overwrite=true`, { ...actionBody(code), parameters: [] });
  }
  const exec = { kind: "sequence", components: [`/${namespace}/sample/a`, `/${namespace}/sample/b`] };
  const annotations = [{ key: "deployer", value: deployer }];
  const body = { annotations, parameters: [{ key: "ignored", value: 1 }], exec, limits: {} };
  const put = Deployed.parse(await ok("PUT", "actions/sample/both?overwrite=true", body));
  expect(put).toMatchObject({ namespace: `${namespace}/sample`, version: "0.0.1", exec });
  expect(await ok("POST", "actions/sample/both?blocking=true&result=true", {})).toEqual({ list: ["a", "b"] });

  const control = (method: string, path: string, json?: unknown) =>
    replay({
      method,
      url: `${url}/v2/functions/namespaces/${namespace}/triggers${path}`,
      headers: {
        ...AXIOS,
        authorization: bearer(token),
        ...(json === undefined ? {} : { "content-type": "application/json" }),
      },
      body: json === undefined ? null : JSON.stringify(json),
    });
  const trigger = {
    ...{ name: "nightly", function: "sample/both", is_enabled: true, type: "SCHEDULED" },
    scheduled_details: { cron: "0 3 * * *", body: { name: "cron" } },
  };
  for (const before of [404, 204]) {
    expect((await control("DELETE", "/nightly")).status).toBe(before);
    const made = await control("POST", "", trigger);
    expect([made.status, JSON.parse(made.text).trigger]).toMatchObject([200, trigger]);
  }
});

test("a remote build is refused in words that the deployer shows", async () => {
  const { ask } = await startDeployer();
  for (const action of ["getUploadUrl", "build_go_1.20"]) {
    const answer = await ask("POST", `namespaces/nimbella/actions/builder/${action}`, { action: "sample_greet" });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      404,
      {
        error:
          "This server does not build functions remotely. Build where you deploy from: leave out --remote-build, and remoteBuild in project.yml.",
        code: answer.headers["x-request-id"],
      },
    ]);
  }
});

test("names with spaces arrive percent-encoded", async () => {
  const { namespace, ok } = await startDeployer();
  await ok("PUT", "packages/my%20package?overwrite=true", {});
  const put = Deployed.parse(await ok("PUT", "actions/my%20package/a?overwrite=true", actionBody("1")));
  expect(put.namespace).toBe(`${namespace}/my package`);
  expect(await ok("GET", "actions/my%20package/a?code=false")).toMatchObject({ name: "a" });
});
