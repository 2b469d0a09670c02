import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runLatchkey, spawnLatchkey, startLatchkey } from "../test/latchkey-process.ts";
import { temporaryFolder } from "../test/run-cli.ts";

let server: Awaited<ReturnType<typeof startLatchkey>>;
beforeAll(async () => {
  server = await startLatchkey();
});
afterAll(() => server.stop());

test("a secret is printed once, by the command that makes it, and is nowhere else to be seen", async () => {
  const env = server.env();
  const folder = env["LATCHKEY_CONFIG_DIR"] ?? "";
  const run = (line: string, stdin = "") => runLatchkey(line.split(" "), { env, stdin });
  await run("ns create -l demo -r nyc1");
  const created = await run("key create --namespace demo -n ci -e 1d -o json");
  const { access_key: key } = JSON.parse(created.stdout) as { access_key: { id: string; secret: string } };
  const secrets = [key.secret, server.token, Buffer.from(`${key.id}:${key.secret}`).toString("base64")];

  const project = join(temporaryFolder(), "project");
  await run(`init-project ${project}`);
  const built = join(project, "packages/sample/built");
  mkdirSync(built);
  writeFileSync(join(built, "build.sh"), "ps -eo args > processes; env > environment", { mode: 0o755 });
  writeFileSync(join(built, "index.js"), "exports.main = () => ({});");
  writeFileSync(join(built, ".include"), "index.js\n");

  const accepted = [
    "connect demo --access-key-stdin",
    "connect demo --access-key-stdin -o json",
    "status --credentials --languages -o json",
    "connections list -o json",
    "connections use demo -o json",
    "namespaces list -o json",
    "namespaces get demo -o json",
    "key list -o json",
    `key get ${key.id} -o json`,
    `key update ${key.id} --name renamed -o json`,
    `deploy ${project} --verbose-build`,
    `deploy ${project} -o json`,
    "functions list -o json",
    "functions get sample/hello -o json",
    "functions invoke sample/hello --full -o json",
    "activations list --full -o json",
    "activations logs -o json",
    "undeploy --all --force -o json",
    `key delete ${key.id} --force -o json`,
  ];
  // An error is no place for it either.
  const refused = ["status", "functions list -o json", "connect demo --access-key-stdin"];
  const shown = [];
  const inOrder = [...accepted.map((line) => ({ line, code: 0 })), ...refused.map((line) => ({ line, code: 1 }))];
  for (const { line, code } of inOrder) {
    const ran = await run(line, created.stdout);
    expect({ line, code: ran.code }).toEqual({ line, code });
    shown.push({ where: line, text: ran.stdout + ran.stderr });
  }
  for (const name of ["processes", "environment"]) {
    shown.push({ where: name, text: readFileSync(join(built, name), "utf8") });
  }
  shown.push({ where: "the server's log", text: server.log() });
  expect(shown.find(({ where }) => where === "processes")?.text).toContain("latchkey.js deploy");
  for (const { where, text } of shown) {
    for (const secret of secrets) expect(text.includes(secret), where).toBe(false);
  }

  const kept = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name, parentPath } of kept) {
    expect(statSync(join(parentPath, name)).mode & 0o077, name).toBe(0);
    expect(readFileSync(join(parentPath, name), "utf8").includes(server.token), name).toBe(false);
  }
});

test("a key that comes from standard input is not on the command line while the command runs", async () => {
  const env = server.env();
  const { child, ended } = spawnLatchkey(["connect", "--access-key-stdin"], { env });
  child.stdin.write("dof_v1_0123456789abcdef0123456789abcdef:not-a-real-secret\n");
  await new Promise((resolve) => child.once("spawn", resolve));
  const seen = readFileSync(`/proc/${child.pid}/cmdline`, "utf8");
  expect(seen).toContain("--access-key-stdin");
  expect(seen).not.toContain("not-a-real-secret");
  child.stdin.end();
  expect(await ended).toMatchObject({ code: 1 });
});
