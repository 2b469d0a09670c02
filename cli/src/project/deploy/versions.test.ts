import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { API_HOST, deployFolder } from "../../../test/deploy-folder.ts";
import { fakeNamespace } from "../../../test/fake-namespace.ts";
import { tempFolder, writeFiles } from "../../../test/temp-folder.ts";

const CODE = "exports.main = async () => ({ body: 'hello' });\n";

describe("an incremental deployment", () => {
  const files = {
    "project.yml": "packages: [{name: p, environment: {A: b}, functions: [{name: f, parameters: {x: 1}}]}, {name: q}]",
    "packages/p/f.js": CODE,
    "packages/p/g/index.js": CODE,
    "packages/p/g/b.js": "",
  };

  test("leaves alone what did not change, without asking the server about it", async () => {
    const server = fakeNamespace();
    const root = await tempFolder(files);
    await deployFolder(root, server);
    server.requests.length = 0;
    const { report, results } = await deployFolder(root, server, { incremental: true });
    expect(server.requests).toEqual(["GET namespaces", "GET runtimes"]);
    expect(report.packages.map(({ outcome }) => outcome)).toEqual(["skipped", "skipped"]);
    expect(results["p/f"]).toEqual({
      name: "p/f",
      outcome: "skipped",
      version: "0.0.1",
      reach: { kind: "web", url: `${API_HOST}/api/v1/web/fn-1/p/f` },
    });
  });

  test.each([
    { what: "code", change: { "packages/p/f.js": `${CODE}//` }, sent: ["actions/p/f"] },
    { what: "one of several files", change: { "packages/p/g/b.js": "//" }, sent: ["actions/p/g"] },
    {
      what: "a parameter",
      change: { "project.yml": files["project.yml"].replace("x: 1", "x: 2") },
      sent: ["actions/p/f"],
    },
    {
      what: "the package's environment",
      change: { "project.yml": files["project.yml"].replace("A: b", "A: c") },
      sent: ["packages/p"],
    },
    {
      what: "web",
      change: { "project.yml": files["project.yml"].replace("name: f,", "name: f, web: raw,") },
      sent: ["actions/p/f"],
    },
    {
      what: "limits",
      change: { "project.yml": files["project.yml"].replace("name: f,", "name: f, limits: {memory: 128},") },
      sent: ["actions/p/f"],
    },
    {
      what: "a schedule",
      change: {
        "project.yml": files["project.yml"].replace(
          "name: f,",
          "name: f, triggers: [{name: t, type: SCHEDULED, scheduledDetails: {cron: '* * * * *'}}],",
        ),
      },
      sent: ["actions/p/f"],
    },
  ])("sends what changed: $what", async ({ change, sent }) => {
    const server = fakeNamespace();
    const root = await tempFolder(files);
    await deployFolder(root, server);
    server.requests.length = 0;
    await writeFiles(root, change);
    await deployFolder(root, server, { incremental: true });
    expect(server.requests.filter((request) => request.startsWith("PUT"))).toEqual(sent.map((path) => `PUT ${path}`));
  });

  test("sends again what failed before, and what went to another place", async () => {
    const root = await tempFolder(files);
    await deployFolder(root, fakeNamespace({ refuse: (request) => request === "PUT actions/p/f" }));
    const again = await deployFolder(root, fakeNamespace(), { incremental: true });
    expect([again.results["p/f"]?.outcome, again.results["p/g"]?.outcome]).toEqual(["created", "skipped"]);
    const elsewhere = await deployFolder(root, fakeNamespace(), { incremental: true, apiHost: "http://elsewhere" });
    expect(elsewhere.results["p/f"]?.outcome).toBe("created");
  });
});

describe(".deployed/versions.json", () => {
  const versionsIn = async (root: string): Promise<unknown> =>
    JSON.parse(await readFile(join(root, ".deployed/versions.json"), "utf8"));
  const version = { version: expect.any(String), digest: expect.stringMatching(/^[0-9a-f]{64}$/) };

  test("holds a version and a digest per package and function", async () => {
    const root = await tempFolder({ "packages/p/f.js": CODE, "packages/default/g.js": CODE });
    await deployFolder(root);
    expect(await versionsIn(root)).toEqual([
      {
        apihost: API_HOST,
        namespace: "fn-1",
        packageVersions: { p: version },
        actionVersions: { "p/f": version, g: version },
      },
    ]);
  });

  test("keeps what a partial deployment left out, and forgets what it failed at", async () => {
    const root = await tempFolder({ "packages/p/f.js": CODE, "packages/p/g.js": CODE, "packages/p/h.js": CODE });
    await deployFolder(root);
    await deployFolder(root, fakeNamespace({ refuse: (request) => request === "PUT actions/p/g" }), { exclude: "p/h" });
    expect(await versionsIn(root)).toMatchObject([{ actionVersions: { "p/f": version, "p/h": version } }]);
    expect(JSON.stringify(await versionsIn(root))).not.toContain("p/g");
  });

  test("drops what a whole deployment no longer contains, and leaves other places alone", async () => {
    const root = await tempFolder({ "packages/p/f.js": CODE });
    const others = [
      {
        apihost: "http://other",
        namespace: "fn-1",
        packageVersions: {},
        actionVersions: { x: { version: "0.0.7", digest: "d" } },
        webHashes: {},
      },
      {
        apihost: API_HOST,
        namespace: "fn-1",
        packageVersions: {},
        actionVersions: { gone: { version: "0.0.1", digest: "d" } },
        webHashes: {},
      },
    ];
    await writeFiles(root, { ".deployed/versions.json": JSON.stringify(others) });
    await deployFolder(root);
    expect(await versionsIn(root)).toEqual([
      others[0],
      {
        apihost: API_HOST,
        namespace: "fn-1",
        packageVersions: { p: version },
        actionVersions: { "p/f": version },
        webHashes: {},
      },
    ]);
  });

  test.each(["{ half", '{"not": "a list"}', '[{"namespace": 7}]'])(
    "that cannot be understood is replaced, with a word about it: %s",
    async (text) => {
      const root = await tempFolder({ "packages/p/f.js": CODE });
      await writeFiles(root, { ".deployed/versions.json": text });
      const { report, events } = await deployFolder(root, fakeNamespace(), { incremental: true });
      expect(report.ok).toBe(true);
      expect(events[0]).toEqual({
        kind: "warning",
        text: ".deployed/versions.json cannot be understood and is replaced",
      });
      expect(await versionsIn(root)).toHaveLength(1);
    },
  );

  test("is not made when nothing could be deployed", async () => {
    const root = await tempFolder({ "packages/default/f.js": CODE });
    await deployFolder(root, fakeNamespace({ refuse: (request) => request === "PUT actions/f" }));
    await expect(versionsIn(root)).rejects.toThrow("ENOENT");
  });
});
