import { describe, expect, test } from "vitest";
import { API_HOST, deployFolder } from "../../../test/deploy-folder.ts";
import { fakeNamespace } from "../../../test/fake-namespace.ts";
import { type Files, tempFolder } from "../../../test/temp-folder.ts";
import { ProjectError } from "../errors.ts";

const CODE = "exports.main = async () => ({ body: 'hello' });\n";

const deployFiles = async (files: Files, server = fakeNamespace(), options: Parameters<typeof deployFolder>[2] = {}) =>
  deployFolder(await tempFolder(files), server, options);

describe("what is sent", () => {
  test("is what the reference deployer sends", async () => {
    const server = fakeNamespace();
    await deployFiles(
      {
        "project.yml": `
packages:
  - name: bound
    binding: { namespace: other, name: utils }
  - name: sample
    shared: true
    parameters: { region: nyc }
    environment: { DB_URL: somewhere }
    annotations: { description: things }
    functions:
      - name: greet
        runtime: nodejs:18
        main: hello
        webSecure: "s3cr3t"
        limits: { timeout: 5000, memory: 256 }
        parameters: { greeting: hi, list: [1, { a: null }] }
        environment: { LOG_LEVEL: info }
        annotations: { description: greets }
`,
        "packages/sample/greet.js": CODE,
      },
      server,
    );
    expect(server.requests).toEqual([
      "GET namespaces",
      "GET runtimes",
      "GET packages/sample",
      "PUT packages/sample",
      "GET packages/bound",
      "PUT packages/bound",
      "GET actions/sample/greet",
      "PUT actions/sample/greet",
    ]);
    expect(server.packages.get("sample")?.body).toEqual({
      parameters: [
        { key: "region", value: "nyc" },
        { key: "DB_URL", value: "somewhere", init: true },
      ],
      publish: true,
      annotations: [
        { key: "description", value: "things" },
        {
          key: "deployer",
          value: {
            user: expect.any(String),
            projectPath: expect.any(String),
            digest: expect.stringMatching(/^[0-9a-f]{8}$/),
          },
        },
      ],
    });
    expect(server.packages.get("bound")?.body).toMatchObject({
      binding: { namespace: "other", name: "utils" },
      parameters: [],
    });
    expect(server.actions.get("sample/greet")?.body).toEqual({
      exec: { kind: "nodejs:18", code: CODE, binary: false, main: "hello" },
      parameters: [
        { key: "greeting", value: "hi" },
        { key: "list", value: [1, { a: null }] },
        { key: "LOG_LEVEL", value: "info", init: true },
      ],
      limits: { timeout: 5000, memory: 256 },
      annotations: [
        { key: "description", value: "greets" },
        {
          key: "deployer",
          value: {
            user: expect.any(String),
            projectPath: expect.any(String),
            digest: expect.stringMatching(/^[0-9a-f]{8}$/),
            zipped: false,
          },
        },
        { key: "final", value: true },
        { key: "web-export", value: true },
        { key: "raw-http", value: false },
        { key: "require-whisk-auth", value: "s3cr3t" },
      ],
    });
  });

  test.each([
    { web: "true", exported: true, raw: false, url: `${API_HOST}/api/v1/web/fn-1/p/f` },
    { web: "raw", exported: true, raw: true, url: `${API_HOST}/api/v1/web/fn-1/p/f` },
    {
      web: "false",
      exported: false,
      raw: false,
      url: `${API_HOST}/api/v1/namespaces/fn-1/actions/p/f?blocking=true&result=true`,
    },
  ])("web: $web gives $exported, $raw and $url", async ({ web, exported, raw, url }) => {
    const server = fakeNamespace();
    const yaml = `packages: [{name: p, functions: [{name: f, web: ${web}}]}]`;
    const { results } = await deployFiles({ "project.yml": yaml, "packages/p/f.js": CODE }, server);
    const annotations = server.actions.get("p/f")?.body.annotations;
    expect(annotations).toContainEqual({ key: "web-export", value: exported });
    expect(annotations).toContainEqual({ key: "raw-http", value: raw });
    expect(annotations).toContainEqual({ key: "require-whisk-auth", value: false });
    expect(results["p/f"]).toMatchObject({ reach: { kind: exported ? "web" : "rest", url } });
  });

  test("goes without a package for functions of the default package", async () => {
    const server = fakeNamespace();
    const { results } = await deployFiles({ "packages/default/hello.js": CODE }, server);
    expect(server.requests).toContain("PUT actions/hello");
    expect(server.packages.size).toBe(0);
    expect(results["hello"]).toMatchObject({
      outcome: "created",
      reach: { url: `${API_HOST}/api/v1/web/fn-1/default/hello` },
    });
  });

  test("is a zip in base64 for a folder of several files", async () => {
    const server = fakeNamespace();
    await deployFiles({ "packages/p/f/index.js": CODE, "packages/p/f/b.js": "" }, server);
    const body = server.actions.get("p/f")?.body;
    expect(body?.exec).toMatchObject({ kind: "nodejs:default", binary: true, code: expect.stringMatching(/^UEsDB/) });
    expect(body?.annotations).toContainEqual({ key: "deployer", value: expect.objectContaining({ zipped: true }) });
  });

  test("names the image of a function that has one", async () => {
    const server = fakeNamespace();
    const yaml = "packages: [{name: p, functions: [{name: f, docker: me/image}]}]";
    await deployFiles({ "project.yml": yaml, "packages/p/f": "\u0001" }, server);
    expect(server.actions.get("p/f")?.body.exec).toMatchObject({ kind: "blackbox", image: "me/image", binary: true });
  });

  test("keeps annotations that others made, except the server's own", async () => {
    const server = fakeNamespace();
    const root = await tempFolder({ "packages/p/f.js": CODE });
    await deployFolder(root, server);
    server.annotate("p/f", [
      { key: "owner", value: "me" },
      { key: "final", value: "old" },
      { key: "exec", value: "nodejs:18" },
    ]);
    const { results } = await deployFolder(root, server);
    const keys = server.actions.get("p/f")?.body.annotations.map(({ key }) => key);
    expect(keys).toEqual(["owner", "deployer", "final", "web-export", "raw-http", "require-whisk-auth"]);
    expect(results["p/f"]).toMatchObject({ outcome: "updated", version: "0.0.2" });
  });

  test("does not depend on being able to read what is there", async () => {
    const server = fakeNamespace({
      refuse: (request) => request.startsWith("GET actions") || request.startsWith("GET packages"),
    });
    expect((await deployFiles({ "packages/p/f.js": CODE }, server)).report.ok).toBe(true);
  });
});

describe("before anything is sent", () => {
  test("the credential has to be the namespace's", async () => {
    const server = fakeNamespace();
    const attempt = deployFiles({ "packages/p/f.js": CODE }, server, { namespace: "fn-2" });
    await expect(attempt).rejects.toThrow(
      "Supplied credentials do not match target namespace 'fn-2'; deployment aborted",
    );
    expect(server.requests).toEqual(["GET namespaces"]);
  });

  test.each([
    {
      wanted: "fn-2",
      says: "project.yml asks for the namespace 'fn-2', but the connection is to 'fn-1'; connect to that one first",
    },
    {
      wanted: "{test: fn-2, production: fn-3}",
      says: "project.yml asks for the namespace 'fn-2' or 'fn-3', but the connection is to 'fn-1'",
    },
  ])("a targetNamespace has to be the connection's: $wanted", async ({ wanted, says }) => {
    const server = fakeNamespace();
    const attempt = deployFiles({ "project.yml": `targetNamespace: ${wanted}`, "packages/p/f.js": CODE }, server);
    await expect(attempt).rejects.toThrow(says);
    expect(server.requests).toEqual([]);
  });

  test.each(["fn-1", "{test: fn-1}", "{test: fn-2, production: fn-1}"])(
    "a targetNamespace that is: %s",
    async (wanted) => {
      const { report } = await deployFiles({ "project.yml": `targetNamespace: ${wanted}`, "packages/p/f.js": CODE });
      expect(report.ok).toBe(true);
    },
  );

  test("every runtime has to be offered", async () => {
    const server = fakeNamespace();
    const attempt = deployFiles(
      {
        "project.yml":
          "packages:\n- name: p\n  functions:\n  - {name: f, runtime: nodejs:8}\n  - {name: g, runtime: 'ruby:default'}",
        "packages/p/f.js": CODE,
        "packages/p/g.js": CODE,
        "packages/p/h.php": "",
      },
      server,
    );
    await expect(attempt).rejects.toThrow(ProjectError);
    await expect(attempt).rejects.toThrow(
      [
        "project.yml:4: 'nodejs:8' is not a valid runtime value; the server offers nodejs:18, nodejs:20, python:3.11",
        "project.yml:5: 'ruby:default' is not a valid runtime value; the server offers nodejs:18, nodejs:20, python:3.11",
        "packages/p/h.php: 'php:default' is not a valid runtime value; the server offers nodejs:18, nodejs:20, python:3.11",
      ].join("\n"),
    );
    expect(server.requests).toEqual(["GET namespaces", "GET runtimes"]);
  });

  test("a server that does not say what it offers judges for itself", async () => {
    const server = fakeNamespace({ refuse: (request) => request === "GET runtimes" });
    const yaml = "packages: [{name: p, functions: [{name: f, runtime: nodejs:8}]}]";
    const { report } = await deployFiles({ "project.yml": yaml, "packages/p/f.js": CODE }, server);
    expect(report.ok).toBe(true);
  });

  test("runtimes are not asked for when no function has one to check", async () => {
    const server = fakeNamespace();
    await deployFiles({ "packages/p/f/index.js": CODE }, server);
    expect(server.requests).not.toContain("GET runtimes");
  });
});

describe("what fails", () => {
  test("stops nothing else", async () => {
    const server = fakeNamespace({ refuse: (request) => request === "PUT actions/p/refused" });
    const { report, results } = await deployFiles(
      {
        "packages/p/refused.js": CODE,
        "packages/p/fine.js": CODE,
        "packages/p/broken/build.sh": "#!/bin/sh\necho out of luck\nexit 1\n",
        "packages/p/unknown/a.txt": "",
        "packages/p/unknown/b.txt": "",
      },
      server,
    );
    expect(report.ok).toBe(false);
    expect(results).toEqual({
      "p/broken": {
        name: "p/broken",
        outcome: "failed",
        reason: "'build.sh' exited with code 1",
        output: ["out of luck"],
      },
      "p/fine": expect.objectContaining({ outcome: "created", version: "0.0.1" }),
      "p/refused": { name: "p/refused", outcome: "failed", reason: "PUT actions/p/refused is refused", output: [] },
      "p/unknown": {
        name: "p/unknown",
        outcome: "failed",
        reason: "Function 'p/unknown': runtime type could not be determined",
        output: [],
      },
    });
  });

  test("at a package takes its functions with it, and no others", async () => {
    const server = fakeNamespace({ refuse: (request) => request === "PUT packages/p" });
    const { report, results } = await deployFiles({ "packages/p/f.js": CODE, "packages/q/f.js": CODE }, server);
    expect(report.packages).toEqual([
      { name: "p", outcome: "failed", reason: "PUT packages/p is refused" },
      { name: "q", outcome: "created", version: "0.0.1" },
    ]);
    expect(results["p/f"]).toMatchObject({
      reason: "The package 'p' could not be deployed: PUT packages/p is refused",
    });
    expect(results["q/f"]).toMatchObject({ outcome: "created" });
    expect(server.requests).not.toContain("PUT actions/p/f");
  });

  test("is the default package when project.yml attaches things to every package", async () => {
    const files = { "project.yml": "environment: { A: b }", "packages/default/f.js": CODE, "packages/p/f.js": CODE };
    const { results } = await deployFiles(files);
    expect(results["f"]).toMatchObject({
      outcome: "failed",
      reason:
        "The package 'default' could not be deployed: The default package does not support attaching environment, parameters, or binding",
    });
    expect(results["p/f"]).toMatchObject({ outcome: "created" });
  });

  test("to build lib takes the folders with it, which may need it, and no single files", async () => {
    const { results, events } = await deployFiles({
      "lib/build.sh": "#!/bin/sh\necho no lib today\nexit 1\n",
      "packages/p/a/index.js": CODE,
      "packages/p/b/index.js": CODE,
      "packages/p/c.js": CODE,
    });
    const failure = {
      outcome: "failed",
      reason: "'lib' could not be built: 'build.sh' exited with code 1",
      output: ["no lib today"],
    };
    expect(results).toMatchObject({ "p/a": failure, "p/b": failure, "p/c": { outcome: "created" } });
    expect(events.filter(({ kind }) => kind === "building")).toEqual([
      { kind: "building", target: "lib", command: "build.sh" },
    ]);
  });

  test("by taking too long is stopped", async () => {
    const files = { "packages/p/slow/build.sh": "#!/bin/sh\nsleep 60\n" };
    const { results } = await deployFiles(files, fakeNamespace(), { buildTimeoutMs: 200 });
    expect(results["p/slow"]).toMatchObject({ reason: "'build.sh' was stopped because it took longer than 0.2 s" });
  });
});

test("lib is built before the functions that include it, once", async () => {
  const server = fakeNamespace();
  const include = { ".include": "index.js\n../../../lib/made.js", "index.js": CODE };
  const files = Object.fromEntries(
    ["a", "b"].flatMap((name) => Object.entries(include).map(([path, text]) => [`packages/p/${name}/${path}`, text])),
  );
  const { report, events } = await deployFiles(
    { ...files, "lib/build.sh": "#!/bin/sh\nsleep 0.2\necho '//' >> made.js\n" },
    server,
  );
  expect(report.ok).toBe(true);
  expect(events.filter(({ kind }) => kind === "building")).toHaveLength(1);
});

test("progress tells of builds, their output, uploads and results", async () => {
  const { events } = await deployFiles({ "packages/p/f/build.sh": "#!/bin/sh\necho working\necho '//' > index.js\n" });
  expect(events).toEqual([
    { kind: "package", result: { name: "p", outcome: "created", version: "0.0.1" } },
    { kind: "building", target: "p/f", command: "build.sh" },
    { kind: "output", target: "p/f", line: "working" },
    { kind: "uploading", target: "p/f", sizeBytes: 3 },
    { kind: "function", result: expect.objectContaining({ name: "p/f", outcome: "created" }) },
  ]);
});

test("functions go out side by side, and no more than 25 at a time", async () => {
  const server = fakeNamespace({ slow: true });
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`packages/p/f${index}.js`, CODE]));
  const { report } = await deployFiles(files, server);
  expect(report.functions).toHaveLength(60);
  expect(server.mostAtOnce()).toBeGreaterThan(5);
  expect(server.mostAtOnce()).toBeLessThanOrEqual(25);
});
