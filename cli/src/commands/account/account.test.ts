import { expect, test } from "vitest";
import { startFakeApi } from "../../../test/fake-api.ts";
import { runCli } from "../../../test/run-cli.ts";

const PASSWORD = "a password of that person";

async function world(has_password: boolean) {
  const account = {
    ...{ id: "u1", name: "Ada", kind: "person", email: "ada@example.com", has_password, role: "owner" },
    team: { id: "t1", name: "Acme", created_at: "2026-03-01T10:00:00Z" },
    credential: { kind: "token", id: "k1", scopes: ["function:admin"], expires_at: null },
  };
  const api = await startFakeApi({
    "GET /v2/account": { body: { account } },
    "PUT /v2/account": ({ body }) => ({ body: { account: { ...account, ...JSON.parse(body) } } }),
  });
  const environment = { LATCHKEY_TOKEN: "t", LATCHKEY_API_URL: api.url };
  const update = (line: string[], stdin = "") => runCli(["account", "update", ...line], { environment, stdin });
  const sent = () => api.asked.filter(({ line }) => line.startsWith("PUT")).map(({ body }) => JSON.parse(body));
  return { update, sent };
}

test("a name is changed without a password, and who you are now is shown", async () => {
  const { update, sent } = await world(true);
  const { code, stdout } = await update(["--name", "Ada Lovelace"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Ada Lovelace +ada@example\.com +Acme +owner +token +never/m);
  expect(sent()).toEqual([{ name: "Ada Lovelace" }]);
});

test("an address takes the password from standard input, and shows it nowhere", async () => {
  const { update, sent } = await world(true);
  const { stdout, stderr } = await update(["--email", "ada@example.org", "--password-stdin"], `${PASSWORD}\n`);
  expect(sent()).toEqual([{ email: "ada@example.org", current_password: PASSWORD }]);
  expect(stdout + stderr).not.toContain(PASSWORD);
});

test("an address without anybody to ask for the password is not sent", async () => {
  const { update, sent } = await world(true);
  const { code, stderr } = await update(["--email", "ada@example.org"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("--password-stdin")]);
  expect(sent()).toEqual([]);
});

test("who has no password yet is asked for none", async () => {
  const { update, sent } = await world(false);
  expect((await update(["--email", "ada@example.org"])).code).toBe(0);
  expect(sent()).toEqual([{ email: "ada@example.org" }]);
});

test("nothing to change is a mistake", async () => {
  const { update, sent } = await world(false);
  expect((await update([])).code).toBe(2);
  expect(sent()).toEqual([]);
});
