import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Files, tempFolder } from "../../test/temp-folder.ts";
import { describeProblem, ProjectError } from "./errors.ts";
import type { Project, ProjectFunction } from "./model.ts";
import { type ReadOptions, readProject } from "./read-project.ts";

const CODE = "exports.main = async () => ({ body: 'hello' });\n";

async function read(files: Files, options: Partial<ReadOptions> = {}): Promise<Project> {
  return readProject(await tempFolder(files), { environment: {}, ...options });
}

async function problemsOf(files: Files, options: Partial<ReadOptions> = {}): Promise<string[]> {
  const failure: unknown = await read(files, options).catch((cause: unknown) => cause);
  return failure instanceof ProjectError ? failure.problems.map(describeProblem) : [];
}

function functionsOf(project: Project): { [name: string]: ProjectFunction } {
  return Object.fromEntries(project.packages.flatMap((pkg) => pkg.functions).map((fn) => [fn.qualifiedName, fn]));
}

describe("the layout of a project", () => {
  test("files and folders become functions without any project.yml", async () => {
    const project = await read({
      "packages/default/hello.js": CODE,
      "packages/sample/greet/index.js": CODE,
      "packages/sample/greet/package.json": "{}",
      "packages/sample/listed/.include": "index.js",
      "packages/sample/listed/index.js": CODE,
      "packages/sample/former/.source": "index.js",
      "packages/sample/former/index.js": CODE,
      "packages/sample/scripted/build.sh": "true",
      "packages/sample/scripted/package.json": "{}",
      "packages/sample/tool.nodejs-18.zip": "PK",
      "packages/sample/plain/a.py": "",
    });
    const summary = Object.values(functionsOf(project)).map(({ qualifiedName, runtime, source }) => {
      const how = source.kind === "folder" ? source.step : source.kind;
      return [qualifiedName, runtime, how].join(" ");
    });
    expect(summary).toEqual([
      "hello nodejs:default file",
      "sample/former  .include",
      "sample/greet  package.json",
      "sample/listed  .include",
      "sample/plain  identify",
      "sample/scripted  build.sh",
      "sample/tool nodejs:18 file",
    ]);
  });

  test("what plays no part is told as stray, and what is hidden or left behind by tools is not told at all", async () => {
    const project = await read({
      "README.md": "",
      "docs/a.md": "",
      ".git/config": "",
      ".github/workflows/ci.yml": "",
      ".gitignore": "",
      ".deployed/versions.json": "[]",
      ".env": "",
      "project.yml": "packages: []",
      "packages/notes.txt": "",
      "packages/p/.hidden": "",
      "packages/p/f.js": CODE,
      "packages/p/f.js~": "",
    });
    expect(project.strays).toEqual(["README.md", "docs", "packages/notes.txt"]);
  });

  test("the former name of project.yml still works, with a word about it", async () => {
    const project = await read({ "projectConfig.yml": "packages: [{name: p}]" });
    expect(project.packages.map(({ name }) => name)).toEqual(["p"]);
    expect(project.warnings).toEqual([
      "The name 'projectConfig.yml' is deprecated; please rename to 'project.yml' soon",
    ]);
  });

  test("a configuration of another name is pointed out", async () => {
    const project = await read({ "projects.yaml": "", "packages/p/f.js": CODE });
    expect(project.warnings).toEqual(["Found projects.yaml but no project.yml"]);
  });

  test.each([
    {
      what: "a folder with neither configuration nor packages",
      files: { "a.js": "" },
      says: /is no functions project: it has neither a project.yml nor a folder 'packages'/,
    },
    {
      what: "two files for one name",
      files: { "packages/p/f.js": CODE, "packages/p/f.py": "" },
      says: /packages\/p\/f.py: The function name 'f' appears twice, once as packages\/p\/f.js and once as packages\/p\/f.py/,
    },
    {
      what: "a file and a folder for one name",
      files: { "packages/p/f.js": CODE, "packages/p/f/index.js": CODE },
      says: /The function name 'f' appears twice/,
    },
    {
      what: "a runtime that the name does not tell",
      files: { "packages/p/f.txt": "" },
      says: /packages\/p\/f.txt: Function 'p\/f': runtime type could not be determined/,
    },
    { what: "no extension", files: { "packages/p/f": "" }, says: /runtime type could not be determined/ },
    {
      what: "a name no function can have",
      files: { "packages/p/f+g.js": CODE },
      says: /packages\/p\/f\+g.js: 'f\+g' cannot be the name of a function/,
    },
    {
      what: "a name no package can have",
      files: { "packages/p+q/f.js": CODE },
      says: /packages\/p\+q: 'p\+q' cannot be the name of a package/,
    },
    {
      what: "an empty function folder",
      files: { "packages/p/f/.ignore": "x" },
      says: /Function directory packages\/p\/f has no files/,
    },
    {
      what: "both lists",
      files: { "packages/p/f/.ignore": "x", "packages/p/f/.include": "y" },
      says: /In packages\/p\/f: '.include' \(or '.source'\) and '.ignore' may not both be present/,
    },
    {
      what: "a script of another platform",
      files: { "packages/p/f/build.cmd": "" },
      says: /In packages\/p\/f: 'build.cmd' won't run on this platform and no 'build.sh' is provided/,
    },
    {
      what: "lists in lib",
      files: { "lib/.include": "x", "packages/p/f.js": CODE },
      says: /lib: '.include' and '.ignore' are not supported in the 'lib' directory/,
    },
  ])("$what is refused", async ({ files, says }) => {
    expect(await problemsOf(files)).toEqual([expect.stringMatching(says)]);
  });

  test("a folder that does not exist is refused", async () => {
    const missing = join(await tempFolder(), "nowhere");
    await expect(readProject(missing, { environment: {} })).rejects.toThrow(
      `'${missing}' is not a folder that can be read`,
    );
  });

  test("lib is built when there is something to build in it", async () => {
    const step = async (files: Files) => (await read({ "packages/p/f.js": CODE, ...files })).libStep;
    expect(await step({})).toBeNull();
    expect(await step({ "lib/shared.js": "" })).toBeNull();
    expect(await step({ "lib/build.sh": "true" })).toBe("build.sh");
    expect(await step({ "lib/package.json": "{}" })).toBe("package.json");
  });

  test("a project.yml that is a link is read", async () => {
    const folder = await tempFolder({ "elsewhere.yml": "packages: [{name: p}]", "packages/p/f.js": CODE });
    await symlink("elsewhere.yml", join(folder, "project.yml"));
    const project = await readProject(folder, { environment: {} });
    expect(project.packages.map(({ name }) => name)).toEqual(["p"]);
  });
});

describe("project.yml and the file system", () => {
  const files = { "packages/p/f.js": CODE, "packages/p/g/index.js": CODE };

  test("are merged, with project.yml's word taking precedence", async () => {
    const project = await read({
      ...files,
      "project.yml": `
environment: { SHARED: project, LEVEL: project }
parameters: { region: nyc }
packages:
  - name: p
    web: false
    environment: { LEVEL: package }
    functions:
      - name: f
        runtime: nodejs:18
        binary: true
        web: raw
        limits: { memory: 128 }
  - name: q
    shared: true
`,
    });
    const { "p/f": f, "p/g": g } = functionsOf(project);
    expect(f).toMatchObject({
      runtime: "nodejs:18",
      web: "raw",
      limits: { memory: 128 },
      source: { kind: "file", binary: true },
    });
    expect(g).toMatchObject({ runtime: null, web: false, limits: null, source: { kind: "folder", step: "identify" } });
    expect(project.packages[0]).toMatchObject({
      name: "p",
      shared: false,
      environment: { SHARED: "project", LEVEL: "package" },
      parameters: { region: "nyc" },
    });
    expect(project.packages[1]).toMatchObject({ name: "q", shared: true, functions: [] });
  });

  test("functions are on the web unless somebody says otherwise", async () => {
    expect(functionsOf(await read(files))["p/f"]?.web).toBe(true);
  });

  test("members left empty are as good as not there", async () => {
    const project = await read({
      ...files,
      "project.yml":
        "packages:\n- name: p\n  functions:\n  - {name: f, main: '', runtime: '', webSecure: false, binary: false, limits: {}}",
    });
    expect(functionsOf(project)["p/f"]).toMatchObject({
      main: null,
      runtime: "nodejs:default",
      webSecure: null,
      limits: null,
      source: { binary: false },
    });
  });

  test("'file' names a file or a folder anywhere in the project", async () => {
    const project = await read({
      "shared/impl.py": "",
      "shared/dir/index.js": CODE,
      "project.yml":
        "packages:\n- name: p\n  functions:\n  - {name: a, file: shared/impl.py}\n  - {name: b, file: shared/dir}",
    });
    const { "p/a": a, "p/b": b } = functionsOf(project);
    expect(a).toMatchObject({
      runtime: "python:default",
      source: { kind: "file", path: join(project.root, "shared/impl.py") },
    });
    expect(b).toMatchObject({ runtime: null, source: { kind: "folder", path: join(project.root, "shared/dir") } });
  });

  test.each([
    {
      what: "a function without code",
      yaml: "functions: [{name: nowhere}]",
      says: "project.yml:3: Function 'p/nowhere' is named in project.yml but does not exist in the project",
    },
    {
      what: "a sequence that is also a file",
      yaml: "functions: [{name: f, sequence: [p/g]}]",
      says: "project.yml:3: 'p/f' cannot be a sequence and also exist in the project as packages/p/f.js",
    },
    {
      what: "a file outside the project",
      yaml: "functions: [{name: x, file: ../x.js}]",
      says: "project.yml:3: The 'file' of a function has to be inside the project",
    },
    {
      what: "a file that is not there",
      yaml: "functions: [{name: x, file: x.js}]",
      says: "project.yml:3: The 'file' of a function does not exist",
    },
    {
      what: "a binding over a folder of functions",
      yaml: "binding: {namespace: n, name: q}",
      says: "project.yml:2: A package with a binding cannot have functions of its own",
    },
  ])("$what is refused", async ({ yaml, says }) => {
    expect(await problemsOf({ ...files, "project.yml": `packages:\n- name: p\n  ${yaml}` })).toEqual([says]);
  });

  test("problems of all kinds are told together", async () => {
    const problems = await problemsOf({
      "project.yml": "oops: ${MISSING}\npackages:\n- name: p\n\tweb: 7\n",
      "packages/p/f.txt": "",
      "lib/.ignore": "",
    });
    expect(problems).toEqual([
      "project.yml:4: YAML configuration may not contain tabs",
      "project.yml:1: The following substitutions could not be resolved: 'MISSING'",
      expect.stringMatching(/^project.yml:\d: this is not valid YAML/),
      "packages/p/f.txt: Function 'p/f': runtime type could not be determined",
      "lib: '.include' and '.ignore' are not supported in the 'lib' directory",
    ]);
  });

  test("'remoteBuild' is accepted, and said to have no effect", async () => {
    const project = await read({
      ...files,
      "project.yml": "packages:\n- name: p\n  functions: [{name: g, remoteBuild: true}]",
    });
    expect(project.warnings).toEqual(["'remoteBuild' has no effect: functions are built on this machine"]);
  });
});

describe("substitution", () => {
  const yaml = 'packages:\n- name: p\n  environment: { TOKEN: "${TOKEN}", EXTRA: "${EXTRA}" }';
  const environmentOf = async (files: Files, options: Partial<ReadOptions>) =>
    (await read({ "project.yml": yaml, ...files }, options)).packages[0]?.environment;

  test("takes the process's environment first, then .env", async () => {
    const files = { ".env": "TOKEN=from-file\nEXTRA=from-file\n" };
    expect(await environmentOf(files, { environment: { TOKEN: "from-process" } })).toEqual({
      TOKEN: "from-process",
      EXTRA: "from-file",
    });
  });

  test("takes the given file in place of .env", async () => {
    const other = await tempFolder({ "prod.json": '{"TOKEN": "prod", "EXTRA": "prod"}' });
    const files = { ".env": "TOKEN=local\nEXTRA=local\n" };
    const found = await environmentOf(files, { envFile: join(other, "prod.json") });
    expect(found).toEqual({ TOKEN: "prod", EXTRA: "prod" });
  });

  test("needs the given file to exist", async () => {
    const found = environmentOf({}, { envFile: "/nowhere/.env" });
    await expect(found).rejects.toThrow("The specified environment file '/nowhere/.env' does not exist");
  });

  test("names everything that is missing or empty, once", async () => {
    const problems = await problemsOf({ "project.yml": `${yaml}\n  parameters: {a: "\${TOKEN}"}`, ".env": "TOKEN=\n" });
    expect(problems).toEqual(["project.yml:3: The following substitutions could not be resolved: 'TOKEN', 'EXTRA'"]);
  });

  test("inlines variables and files as dictionaries", async () => {
    const project = await read({
      ".env": "A=1\nB=two\n",
      "creds.env": "USER=me\nPASS=x y\n",
      "project.yml": "packages:\n- name: p\n  environment: $(A B)\n  parameters: ${<creds.env}",
    });
    expect(project.packages[0]).toMatchObject({
      environment: { A: "1", B: "two" },
      parameters: { USER: "me", PASS: "x y" },
    });
  });

  test("warns of the older spelling", async () => {
    const project = await read(
      { "project.yml": "packages:\n- name: p\n  environment: ${A B}" },
      { environment: { A: "1", B: "2" } },
    );
    expect(project.warnings).toEqual(["Using '${}' for dictionary substitution is now deprecated; use '$()'"]);
  });

  test("keeps a key of several lines whole, quoted or verbatim", async () => {
    const pem = "-----BEGIN KEY-----\nabc\n-----END KEY-----";
    const project = await read(
      { "project.yml": 'packages:\n- name: p\n  environment: { PEM: "${PEM}" }\n  parameters: { pem: "${|ONE}" }' },
      { environment: { PEM: pem, ONE: "x" } },
    );
    expect(project.packages[0]).toMatchObject({ environment: { PEM: pem }, parameters: { pem: "x" } });
  });
});

describe("a selection", () => {
  const files = {
    "project.yml": "packages:\n- name: p\n  functions: [{name: s, sequence: [p/f]}]\n- name: q",
    "packages/p/f.js": CODE,
    "packages/p/broken.txt": "",
    "packages/q/f.js": CODE,
  };

  test("leaves out what is not asked for, with its problems", async () => {
    const project = await read(files, { include: "p/f,p/s" });
    expect(project.packages.map(({ name }) => name)).toEqual(["p"]);
    expect(Object.keys(functionsOf(project))).toEqual(["p/f", "p/s"]);
    expect(project.whole).toBe(false);
  });

  test("that matches nothing is pointed out", async () => {
    const project = await read(files, { include: "q,p/typo", exclude: "nowhere" });
    expect(project.warnings).toEqual([
      "Nothing in the project answers to 'p/typo'",
      "Nothing in the project answers to 'nowhere'",
    ]);
  });
});
