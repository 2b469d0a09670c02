import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Asked, startFakeApi } from "../../../test/fake-api.ts";
import { runCli, temporaryFolder } from "../../../test/run-cli.ts";

const TOKEN = `dop_v1_${"a".repeat(64)}`;
const SESSION = `dos_v1_${"b".repeat(64)}`;
const PASSWORD = "a password of that person";
const team = { id: "t1", name: "Acme", created_at: "2026-03-01T10:00:00Z", role: "owner" };

const account = (kind: "token" | "session") => ({
  account: {
    ...{ id: "u1", name: "Ada", kind: "person", email: "ada@example.com", has_password: true, role: "owner" },
    team: { id: "t1", name: "Acme", created_at: "2026-03-01T10:00:00Z" },
    credential: { kind, id: "k1", scopes: ["function:admin"], expires_at: "2026-04-01T10:00:00Z" },
  },
});
const apiToken = {
  ...{ id: "k1", name: "latchkey on here", scopes: ["function:admin"], secret: TOKEN },
  owner: { id: "u1", name: "Ada", kind: "person" },
  ...{ created_at: "2026-03-01T10:00:00Z", expires_at: "2026-04-01T10:00:00Z", last_used_at: null },
};
const isLive = ({ authorization }: Asked) => authorization === `Bearer ${TOKEN}`;

async function world(other: Parameters<typeof startFakeApi>[0] = {}) {
  const api = await startFakeApi({
    "POST /v2/sessions": {
      status: 201,
      body: { session: { id: "s1", secret: SESSION, expires_at: "2026-03-02T10:00:00Z" }, team },
    },
    "POST /v2/tokens": { status: 201, body: { api_token: apiToken } },
    "DELETE /v2/sessions/current": { status: 204 },
    "DELETE /v2/tokens/k1": { status: 204 },
    "GET /v2/account": (asked) =>
      isLive(asked)
        ? { body: account("token") }
        : { status: 401, body: { id: "unauthorized", message: "no", request_id: "r" } },
    "GET /v2/functions/namespaces": { body: { namespaces: [] } },
    ...other,
  });
  const folder = temporaryFolder();
  const environment = { LATCHKEY_API_URL: api.url, LATCHKEY_CONFIG_DIR: folder };
  const run = (line: string[], stdin = "", more = {}) =>
    runCli(line, { environment: { ...environment, ...more }, stdin });
  const kept = () => readdirSync(folder).flatMap((name) => (name === "logins" ? readdirSync(join(folder, name)) : []));
  const login = () => run(["login", "--email", "ada@example.com", "--password-stdin"], `${PASSWORD}\n`);
  return { api, folder, run, kept, login };
}

describe("login", () => {
  test("makes a token for this machine, ends the session it needed, and says who you are", async () => {
    const { api, login } = await world();
    const { code, stdout, stderr } = await login();
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^Name .*\nAda +ada@example\.com +Acme +owner +token +2026-04-01/);
    expect(api.asked.map(({ line }) => line)).toEqual([
      "POST /v2/sessions",
      "POST /v2/tokens",
      "DELETE /v2/sessions/current",
      "GET /v2/account",
    ]);
    expect(JSON.parse(api.asked[0]?.body ?? "")).toEqual({ email: "ada@example.com", password: PASSWORD });
    expect(JSON.parse(api.asked[1]?.body ?? "")).toMatchObject({ scopes: ["function:admin"], expires_in: "30d" });
    expect(api.asked[1]?.authorization).toBe(`Bearer ${SESSION}`);
  });

  test("keeps the token in a file for its owner alone, and neither password nor session anywhere", async () => {
    const { folder, login, kept } = await world();
    const { stdout, stderr } = await login();
    const [name = ""] = kept();
    const file = join(folder, "logins", name);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "logins")).mode & 0o777).toBe(0o700);
    expect(readFileSync(file, "utf8")).toContain(TOKEN);
    for (const text of [readFileSync(file, "utf8"), stdout, stderr]) {
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain(SESSION);
    }
    expect(stdout + stderr).not.toContain(TOKEN);
  });

  test("is what every command then uses; a token in the environment goes before it", async () => {
    const { api, run, login } = await world();
    await login();
    expect((await run(["namespaces", "list"])).code).toBe(0);
    await run(["namespaces", "list"], "", { LATCHKEY_TOKEN: "other" });
    expect(api.asked.slice(-2).map(({ authorization }) => authorization)).toEqual([`Bearer ${TOKEN}`, "Bearer other"]);
  });

  test("is for one server: another one gets nothing of it", async () => {
    const { run, login } = await world();
    const other = await startFakeApi({});
    await login();
    const { code, stderr } = await run(["namespaces", "list"], "", { LATCHKEY_API_URL: other.url });
    expect([code, stderr]).toEqual([1, expect.stringContaining("latchkey login")]);
    expect(other.asked).toEqual([]);
  });

  test("again replaces the token, and deletes the earlier one", async () => {
    const { api, login, kept } = await world();
    await login();
    await login();
    expect(kept()).toHaveLength(1);
    expect(api.asked.at(-1)?.line).toBe("DELETE /v2/tokens/k1");
  });

  test("with a token that is given keeps that, if it is good", async () => {
    const { run, kept, api } = await world();
    const refused = await run(["login", "--token-stdin"], "dop_v1_of_nobody\n");
    expect([refused.code, kept()]).toEqual([1, []]);
    expect((await run(["login", "--token-stdin"], `${TOKEN}\n`)).code).toBe(0);
    expect((await run(["logout"])).code).toBe(0);
    expect(kept()).toEqual([]);
    expect(api.asked.map(({ line }) => line)).not.toContain("DELETE /v2/tokens/k1");
  });

  test("that fails keeps nothing, and says what to try", async () => {
    const body = { id: "unauthorized", message: "E-mail or password is wrong.", request_id: "r" };
    const { login, kept } = await world({ "POST /v2/sessions": { status: 401, body } });
    const { code, stderr } = await login();
    expect([code, kept()]).toEqual([1, []]);
    expect(stderr).toContain("E-mail or password is wrong.");
    expect(stderr).toContain("latchkey password forgot");
  });

  test("of somebody in several teams says which there are, and how to say one", async () => {
    const body = {
      id: "conflict",
      message: "You belong to several teams. Say which: Acme (1), Others (2).",
      request_id: "r",
    };
    const { login } = await world({ "POST /v2/sessions": { status: 409, body } });
    expect((await login()).stderr).toMatch(/Acme \(1\), Others \(2\)[\s\S]*--team NAME/);
  });

  test("that gets no token ends its session all the same", async () => {
    const { api, login } = await world({
      "POST /v2/tokens": { status: 403, body: { id: "f", message: "no", request_id: "r" } },
    });
    expect((await login()).code).toBe(1);
    expect(api.asked.at(-1)?.line).toBe("DELETE /v2/sessions/current");
  });

  test.each([
    [["login"], "--email"],
    [["login", "--email", "ada@example.com"], "--password-stdin"],
    [["login", "--token-stdin"], "no token"],
    [["login", "--email", "a@b.cc", "--password-stdin", "--expiration", "soon"], "expiration"],
  ])("%j asks for what is missing, before anything is sent", async (line, says) => {
    const { api, run } = await world();
    const { code, stderr } = await run(line);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(api.asked).toEqual([]);
  });
});

describe("logout", () => {
  test("deletes the token at the server and here", async () => {
    const { api, run, login, kept } = await world();
    await login();
    expect((await run(["logout"])).code).toBe(0);
    expect(api.asked.at(-1)).toMatchObject({ line: "DELETE /v2/tokens/k1", authorization: `Bearer ${TOKEN}` });
    expect(kept()).toEqual([]);
    expect((await run(["logout"])).stderr).toContain("not logged in");
  });

  test("forgets it here even if the server cannot be asked, and says that it may be alive", async () => {
    const { run, login, kept } = await world({ "DELETE /v2/tokens/k1": { status: 503, body: {} } });
    await login();
    const { code, stderr } = await run(["logout"]);
    expect([code, kept()]).toEqual([1, []]);
    expect(stderr).toContain("latchkey token delete k1");
  });
});

test("whoami says who, in which team, as what and until when", async () => {
  const { run, login } = await world();
  await login();
  const { stdout } = await run(["whoami", "--format", "Name,Team,Role,ExpiresAt", "--no-header"]);
  expect(stdout).toBe("Ada    Acme    owner    2026-04-01 10:00:00 UTC\n");
  expect(JSON.parse((await run(["whoami", "-o", "json"])).stdout)).toEqual(account("token"));
});

test("a login's file that cannot be understood is no login, and says what to do", async () => {
  const { run, login, folder, kept } = await world();
  await login();
  writeFileSync(join(folder, "logins", kept()[0] ?? ""), "{");
  expect((await run(["whoami"])).stderr).toContain("latchkey login");
});
