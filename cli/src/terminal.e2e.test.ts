import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BIN, environmentIn, runLatchkey, spawnLatchkey, startLatchkey } from "../test/latchkey-process.ts";
import { temporaryFolder } from "../test/run-cli.ts";
import { openTerminal } from "../test/terminal.ts";

const TOKEN = /dop_v1_[0-9a-f]{64}/;
const CONTROL_C = "\u0003";
const atTerminal = (line: readonly string[], env: NodeJS.ProcessEnv) =>
  openTerminal([process.execPath, BIN, ...line], { env });

describe("the first start", () => {
  test("from a terminal makes a team and shows its token, with lines to copy; the second shows none", async () => {
    const env = environmentIn(temporaryFolder());
    const first = atTerminal(["serve", "--port", "0"], env);
    const shown = await first.waitFor(/deploy examples\/hello/);
    expect(shown).toMatch(/Latchkey is listening at http:\/\/127\.0\.0\.1:\d+/);
    const [token = "none"] = TOKEN.exec(shown) ?? [];
    const [url = "none"] = /http:\/\/127\.0\.0\.1:\d+/.exec(shown) ?? [];
    expect(shown).toContain(`\n  export LATCHKEY_TOKEN=${token}`);
    expect(shown).toContain(`\n  export LATCHKEY_API_URL=${url}`);

    const asked = await runLatchkey(["namespaces", "list", "--no-header"], {
      env: { ...env, LATCHKEY_TOKEN: token, LATCHKEY_API_URL: url },
    });
    expect(asked).toEqual({ code: 0, stdout: "", stderr: "" });
    first.type(CONTROL_C);
    expect(await first.ended()).toBe(0);

    const second = atTerminal(["serve", "--port", "0"], env);
    await second.waitFor(/Latchkey is listening at/);
    second.type(CONTROL_C);
    expect(await second.ended()).toBe(0);
    expect(second.screen()).not.toMatch(/dop_v1_|first start/);
  });

  test("without a terminal makes no team, because nobody would see the token, and says how to make one", async () => {
    const home = temporaryFolder();
    const env = environmentIn(home);
    const { child, written, ended } = spawnLatchkey(["serve", "--port", "0", "-o", "json"], { env });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 0 });
    expect(JSON.parse(written.stdout)).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      data_folder: join(home, "data"),
      first_run: null,
    });
    expect(written.stderr).toMatch(/^Warning: .*latchkey init --data .* --team NAME --email ADDRESS$/m);
    expect(written.stdout + written.stderr).not.toContain("dop_v1_");
  });

  test("init does it for scripts, once", async () => {
    const env = environmentIn(temporaryFolder());
    const line = ["init", "--team", "Acme", "--email", "ada@example.com", "--output", "json"];
    const first = await runLatchkey(line, { env });
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(first.stdout)).toMatchObject({
      team: { name: "Acme" },
      user: { email: "ada@example.com" },
      token: expect.stringMatching(TOKEN),
    });
    const again = await runLatchkey(line, { env });
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/^Error: .+/);
    expect(again.stdout).not.toContain("dop_v1_");
  });

  test("a folder that cannot be used is one clear sentence and exit code 1", async () => {
    const env = environmentIn(temporaryFolder());
    const { code, stdout, stderr } = await runLatchkey(["serve", "--data", "/dev/null/data"], { env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^Error: [^\n]+\n$/);
  });
});

describe("questions at a terminal", () => {
  let server: Awaited<ReturnType<typeof startLatchkey>>;
  let env: NodeJS.ProcessEnv;
  let key: { id: string; secret: string };
  beforeAll(async () => {
    server = await startLatchkey();
  });
  afterAll(() => server.stop());

  async function makeKey(label: string) {
    env = { ...server.env(), TERM: "xterm-256color" };
    await runLatchkey(["ns", "create", "--label", label, "--region", "nyc1"], { env });
    const created = await runLatchkey(["key", "create", "--namespace", label, "-n", "k", "-e", "1d", "-o", "json"], {
      env,
    });
    const answer = JSON.parse(created.stdout) as { access_key: { id: string; secret: string } };
    key = answer.access_key;
  }

  test("a key is asked for without being shown, and kept where only its owner can read it", async () => {
    await makeKey("asking");
    const terminal = atTerminal(["connect", "asking"], env);
    await terminal.waitFor(/Access key \(ID:SECRET\)/);
    terminal.type(`${key.id}:${key.secret}\r`);
    await terminal.waitFor(/Connected to functions namespace/);
    expect(await terminal.ended()).toBe(0);
    expect(terminal.screen()).not.toContain(key.secret.slice(0, 12));
  });

  test("a question that is given up changes nothing", async () => {
    await makeKey("giving-up");
    const terminal = atTerminal(["connect"], env);
    await terminal.waitFor(/Access key/);
    terminal.type(CONTROL_C);
    expect(await terminal.ended()).toBe(1);
    expect(terminal.screen()).toContain("Cancelled");
    expect(existsSync(join(env["LATCHKEY_CONFIG_DIR"] ?? "", "connections"))).toBe(false);
  });

  test("a deletion needs a yes; Enter alone is a no", async () => {
    await makeKey("deleting");
    const line = ["key", "delete", key.id, "--namespace", "deleting"];
    const no = atTerminal(line, env);
    await no.waitFor(/Are you sure you want to delete key/);
    no.type("\r");
    expect(await no.ended()).toBe(1);
    expect(no.screen()).toContain("not confirmed, doing nothing");

    const yes = atTerminal(line, env);
    await yes.waitFor(/Are you sure you want to delete key/);
    yes.type("y");
    expect(await yes.ended()).toBe(0);
    expect(yes.screen()).toContain(`Key ${key.id} has been deleted.`);
  });

  test("colours are for terminals that want them", async () => {
    const line = ["key", "delete", "nope", "--namespace", "asking"];
    const coloured = async (extra: NodeJS.ProcessEnv) => {
      const terminal = atTerminal(["status"], { ...server.env(), TERM: "xterm-256color", ...extra });
      await terminal.ended();
      expect(terminal.screen()).toContain("Error: Not connected");
      return terminal.raw().includes("\u001b[");
    };
    expect(await coloured({})).toBe(true);
    expect(await coloured({ NO_COLOR: "1" })).toBe(false);
    expect(await coloured({ TERM: "dumb" })).toBe(false);
    expect((await runLatchkey(line, { env })).stderr).not.toContain("\u001b");
  });
});
