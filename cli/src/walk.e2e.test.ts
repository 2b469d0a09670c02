import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { runLatchkey, spawnLatchkey, startLatchkey } from "../test/latchkey-process.ts";
import { temporaryFolder } from "../test/run-cli.ts";

let server: Awaited<ReturnType<typeof startLatchkey>>;
beforeAll(async () => {
  server = await startLatchkey();
});
afterAll(async () => {
  expect(await server.stop()).toMatchObject({ code: 0 });
});

const Created = z.object({ access_key: z.object({ id: z.string(), secret: z.string() }) });

test("from an empty folder to a function that runs, and to a key that is dead (do-functions-api 7.5)", async () => {
  const env = server.env();
  const run = (line: string, stdin = "") => runLatchkey(line.split(" "), { env, stdin });
  const succeed = async (line: string, stdin?: string) => {
    const { code, stdout, stderr } = await run(line, stdin);
    expect({ line, code, stderr: code === 0 ? "" : stderr }).toEqual({ line, code: 0, stderr: "" });
    return stdout;
  };

  await succeed("namespaces create -l demo -r nyc -n");
  expect(await succeed("ns ls --format Label,Region --no-header")).toBe("demo    nyc1\n");
  expect((await run("ns create -l demo -r fra1")).stderr).toMatch(/^Error: .*already in use/);

  const created = await succeed("key create --namespace demo -n ci -e 24h -o json");
  const { access_key: key } = Created.parse(JSON.parse(created));
  expect(await succeed("connect demo --access-key-stdin", created)).toMatch(/^Connected to .* \(label=demo\)\n$/);
  expect(await succeed("status --languages")).toMatch(/\nSupported Languages:\nnodejs:\n {2}nodejs:/);

  const project = join(temporaryFolder(), "project");
  await succeed(`init-project ${project}`);
  expect(await succeed(`deploy ${project} --no-header --format Function,Result,Version`)).toBe(
    "sample/hello    created    0.0.1\n",
  );
  expect(await succeed(`deploy ${project} --incremental --no-header --format Result`)).toBe("skipped\n");
  expect(await succeed("fn ls --no-header --format Function,Version")).toBe("sample/hello    0.0.1\n");
  expect(JSON.parse(await succeed("fn invoke sample/hello -p name:Ada"))).toEqual({ body: "Hello, Ada!" });
  expect(await succeed("actv ls --no-header --format Status,Function")).toBe("success    sample/hello\n");
  expect(await succeed("actv logs --strip")).toMatch(/sample\/hello greets Ada\n$/);
  expect(JSON.parse(await succeed("actv result"))).toEqual({ body: "Hello, Ada!" });
  expect(await succeed("fn get sample/hello --code")).toContain("exports.main");

  await succeed("key create -n second -e never");
  expect(await succeed("key list --no-header --format Name")).toBe("ci\nsecond\n");
  expect(await succeed(`key update ${key.id} --name renamed --no-header --format Name`)).toBe("renamed\n");
  await succeed(`key delete ${key.id} -f`);
  const dead = await run("status");
  expect(dead).toMatchObject({ code: 1, stderr: expect.stringContaining("not connected to a functions namespace") });
  expect((await run(`key delete ${key.id} -f`)).stderr).toContain("access key not found");

  await succeed("namespaces delete demo -f");
  expect(await succeed("ns ls --no-header")).toBe("");
});

/** Connected to a namespace of its own. */
async function startConnected(label: string) {
  const env = server.env();
  const run = (...line: string[]) => runLatchkey(line, { env });
  await run("ns", "create", "-l", label, "-r", "nyc1");
  const created = (await run("key", "create", "--namespace", label, "-n", "ci", "-e", "1d", "-o", "json")).stdout;
  await runLatchkey(["connect", label, "--access-key-stdin"], { env, stdin: created });
  return { env, run };
}

/** A project with the function `hello`, and what `project.yml` says of it beside its name. */
function writeProject(code: string, more = ""): string {
  const project = join(temporaryFolder(), "project");
  mkdirSync(join(project, "packages", "sample"), { recursive: true });
  writeFileSync(
    join(project, "project.yml"),
    `packages:\n  - name: sample\n    functions:\n      - name: hello\n${more}`,
  );
  writeFileSync(join(project, "packages", "sample", "hello.js"), code);
  return project;
}

test("schedules come with the deployment of a project, are seen and changed, and go with their function", async () => {
  const { env, run } = await startConnected("scheduled");
  const project = writeProject(
    "exports.main = () => ({})",
    "        triggers: [{ name: nightly, type: SCHEDULED, scheduledDetails: { cron: '0 3 * * *', body: { to: ops } } }]\n",
  );
  const withoutToken = { ...env, LATCHKEY_TOKEN: "" };
  expect((await runLatchkey(["deploy", project], { env: withoutToken })).stderr).toContain("LATCHKEY_TOKEN");
  expect(await run("deploy", project, "--incremental", "--no-header", "--format", "Result")).toMatchObject({
    code: 0,
    stdout: "updated\n",
  });
  expect((await run("trig", "ls", "--no-header")).stdout).toBe("nightly    0 3 * * *    sample/hello    true    _\n");
  expect((await run("triggers", "disable", "nightly", "--no-header", "--format", "Enabled,NextRun")).stdout).toBe(
    "false    \n",
  );
  await run("triggers", "create", "poll", "-f", "sample/hello", "-c", "*/5 * * * *");
  expect(await run("undeploy", "--triggers", "poll", "--no-header")).toMatchObject({
    code: 0,
    stdout: "trigger    poll    deleted\n",
  });
  expect((await run("undeploy", "sample/hello", "--no-header")).stdout).toBe(
    "trigger     nightly         deleted\nfunction    sample/hello    deleted\n",
  );
  expect((await run("triggers", "list", "--no-header")).stdout).toBe("");
});

test("a function on the web is called there as the public calls it", async () => {
  const { run } = await startConnected("web");
  const project = writeProject(
    "exports.main = ({ name = 'you' }) => ({ headers: { 'content-type': 'text/html' }, body: '<p>Hello, ' + name + '!</p>' })",
  );
  await run("deploy", project);
  const invoke = ["fn", "invoke", "sample/hello", "--web"];
  expect(await run(...invoke)).toMatchObject({
    code: 0,
    stdout: "<p>Hello, you!</p>\n",
    stderr: expect.stringMatching(/^200 text\/html/),
  });
  expect((await run(...invoke, "-p", "name:Ada")).stdout).toBe("<p>Hello, Ada!</p>\n");

  const failing = writeProject("exports.main = () => ({ statusCode: 418, body: { short: 'stout' } })");
  await run("deploy", failing);
  const { code, stdout, stderr } = await run(...invoke);
  expect({ code, body: JSON.parse(stdout) }).toEqual({ code: 1, body: { short: "stout" } });
  expect(stderr).toContain("answered 418 on the web");

  await run("deploy", writeProject("exports.main = () => ({})", "        web: false\n"));
  expect(await run(...invoke)).toMatchObject({ code: 1, stderr: expect.stringContaining("is not on the web") });
});

test("watching deploys what is saved, and goes on after what cannot be deployed", async () => {
  const { env, run } = await startConnected("watched");
  const project = writeProject("exports.main = () => ({ version: 1 })");
  const { child, written, ended } = spawnLatchkey(["watch", project], { env });
  const result = async () => (await run("fn", "invoke", "sample/hello")).stdout;
  await expect.poll(() => written.stderr, { timeout: 20_000 }).toContain("Watching");
  expect(written.stdout).toMatch(/^sample\/hello +created +0\.0\.1/);
  expect(JSON.parse(await result())).toEqual({ version: 1 });

  writeFileSync(join(project, "packages", "sample", "hello.js"), "exports.main = () => ({ version: 2 })");
  await expect.poll(() => written.stdout, { timeout: 20_000 }).toContain("updated");
  expect(JSON.parse(await result())).toEqual({ version: 2 });

  const config = readFileSync(join(project, "project.yml"), "utf8");
  writeFileSync(join(project, "project.yml"), "packages: nonsense");
  await expect.poll(() => written.stderr, { timeout: 20_000 }).toContain("Error:");
  writeFileSync(join(project, "project.yml"), config.replace("name: hello", "name: hello\n        web: false"));
  await expect.poll(() => written.stdout.match(/updated/g), { timeout: 20_000 }).toHaveLength(2);
  child.kill("SIGINT");
  await ended;
}, 60_000);

test("a rotated key goes on under its new secret", async () => {
  const env = server.env();
  const run = (line: string, stdin = "") => runLatchkey(line.split(" "), { env, stdin });
  await run("ns create -l rotating -r nyc1");
  const first = (await run("key create --namespace rotating -n ci -e 1d -o json")).stdout;
  await run("connect --access-key-stdin", first);
  const { access_key: key } = Created.parse(JSON.parse(first));
  const second = (await run(`key rotate ${key.id} --overlap 0 -o json`)).stdout;
  expect(Created.parse(JSON.parse(second)).access_key.id).toBe(key.id);
  expect((await run("status")).code).toBe(1);
  await run("connect --access-key-stdin", second);
  expect((await run("status")).code).toBe(0);
});

test("what a function does wrong is told, with its result on standard output", async () => {
  const env = server.env();
  const run = (...line: string[]) => runLatchkey(line, { env });
  await run("ns", "create", "-l", "failing", "-r", "nyc1");
  const key = await run("key", "create", "--namespace", "failing", "-n", "ci", "-e", "1d", "-o", "json");
  await runLatchkey(["connect", "--access-key-stdin"], { env, stdin: key.stdout });
  const project = join(temporaryFolder(), "project");
  await run("init-project", project);
  const code = "exports.main = () => { console.log('\\u001b[2Jcleared'); return { error: 'no \\u009b2Jink' }; };";
  writeFileSync(join(project, "packages/sample/hello.js"), code);
  expect((await run("deploy", project)).code).toBe(0);

  const failed = await run("fn", "invoke", "sample/hello");
  expect(failed).toMatchObject({ code: 1, stdout: '{\n  "error": "no \\u009b2Jink"\n}\n' });
  const next =
    /^Error: the function sample\/hello failed: no \\x9b2Jink\n {2}What it logged: latchkey activations logs ([0-9a-f]{32})\n$/;
  expect(failed.stderr).toMatch(next);
  const logs = await run("activations", "logs", next.exec(failed.stderr)?.[1] ?? "");
  expect(logs.stdout).toContain("stdout: \\x1b[2Jcleared");

  const full = await run("fn", "invoke", "sample/hello", "--full", "-o", "json");
  expect(full).toMatchObject({ code: 1, stderr: expect.stringContaining("failed: no") });
  expect(JSON.parse(full.stdout)).toMatchObject({ response: { status: "application error" } });

  const started = await run("fn", "invoke", "sample/hello", "--no-wait", "-o", "json");
  expect({ ...started, stdout: JSON.parse(started.stdout) as unknown }).toEqual({
    code: 0,
    stdout: { activationId: expect.stringMatching(/^[0-9a-f]{32}$/) },
    stderr: "",
  });
});

test("a function that cannot be built stops none of the others, and the exit code says so", async () => {
  const env = server.env();
  const run = (...line: string[]) => runLatchkey(line, { env: { ...env, INK: "blue" } });
  await run("ns", "create", "-l", "building", "-r", "nyc1");
  const key = await run("key", "create", "--namespace", "building", "-n", "ci", "-e", "1d", "-o", "json");
  await runLatchkey(["connect", "--access-key-stdin"], { env, stdin: key.stdout });
  const project = join(temporaryFolder(), "project");
  await run("init-project", project);
  const broken = join(project, "packages/sample/broken");
  writeFileSync(join(project, "packages/sample/seen.js"), "exports.main = () => ({});");
  mkdirSync(broken);
  writeFileSync(join(broken, "build.sh"), `env > ${join(project, "environment")}; echo compiler says no; exit 3`, {
    mode: 0o755,
  });

  const { code, stdout, stderr } = await run("deploy", project, "--no-header", "--format", "Function,Result");
  expect(code).toBe(1);
  expect(stdout.split("\n").sort()).toEqual([
    "",
    "sample/broken    failed",
    "sample/hello     created",
    "sample/seen      created",
  ]);
  expect(stderr).toContain("compiler says no");
  expect(stderr).toContain("Error: 1 of 3 functions failed");

  // A build runs other people's code: it sees the user's environment, and none of the user's credentials.
  const seen = readFileSync(join(project, "environment"), "utf8");
  expect(seen).toContain("INK=blue");
  expect(seen).not.toMatch(/LATCHKEY_TOKEN|dop_v1_|dofs_v1_/);

  expect((await run("undeploy", "--project", project)).stdout).toContain("sample/hello");
  expect((await run("undeploy", "--all")).code).toBe(1);
  expect((await run("undeploy", "--all", "--force")).code).toBe(0);
  expect((await run("fn", "ls", "--count")).stdout).toBe("There are 0 functions in this namespace.\n");
});

test("logs are followed as activations end", async () => {
  const env = server.env();
  const run = (...line: string[]) => runLatchkey(line, { env });
  await run("ns", "create", "-l", "following", "-r", "nyc1");
  const key = await run("key", "create", "--namespace", "following", "-n", "ci", "-e", "1d", "-o", "json");
  await runLatchkey(["connect", "--access-key-stdin"], { env, stdin: key.stdout });
  const project = join(temporaryFolder(), "project");
  await run("init-project", project);
  await run("deploy", project);
  await run("fn", "invoke", "sample/hello", "-p", "name:before");
  // Records are written behind; what is not there yet would be new.
  while (!(await run("activations", "list")).stdout.includes("sample/hello"));

  const { child, written } = spawnLatchkey(["activations", "logs", "--follow", "--strip"], { env });
  await once(child.stderr, "data");
  for (const name of ["first", "second"]) await run("fn", "invoke", "sample/hello", "-p", `name:${name}`);
  while (!written.stdout.includes("second")) await once(child.stdout, "data");
  child.kill();
  const greeted = [...written.stdout.matchAll(/greets (\w+)/g)].map(([, name]) => name);
  expect(greeted).toEqual(["first", "second"]);
  expect(written.stdout).toMatch(/^=== [0-9a-f]{32} sample\/hello\n/);
});
