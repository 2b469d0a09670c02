import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { createTeam, PASSWORD, secretOf } from "../../test/team.ts";

const MAIL = { LATCHKEY_SMTP_URL: "smtp://127.0.0.1:9?tls=offered", LATCHKEY_MAIL_FROM: "latchkey@example.com" };

async function start(environment: Record<string, string> = {}) {
  const latchkey = await startTestLatchkey({ environment });
  const team = createTeam(latchkey.url, latchkey.token);
  const database = new DatabaseSync(latchkey.folder.database);
  onTestFinished(() => database.close());
  const everything = () => {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
    return Object.fromEntries(tables.map(({ name }) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]));
  };
  const entries = () => database.prepare("SELECT * FROM audit_entries ORDER BY seq").all();
  const block = (table: string) =>
    database.exec(`CREATE TRIGGER block_${table} BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'blocked'); END`);
  const unblock = (table: string) => database.exec(`DROP TRIGGER block_${table}`);
  return { ...latchkey, ...team, everything, entries, block, unblock };
}

/** Who uses a link presents no credential; the entry says who they turned out to be. */
const NO_CREDENTIAL = { credential_kind: null, credential_id: null, address: "127.0.0.1", user_agent: "node" };

describe("accepting an invitation", () => {
  test("is recorded with who came, through which invitation and whose", async () => {
    const { invite, accept, entries, members, user } = await start();
    const { id, secret } = await invite("bob@example.com", "viewer");
    await accept(secret, { name: "Bob" });
    const bob = (await members()).find(({ name }) => name === "Bob")?.id;
    expect(entries().at(-1)).toMatchObject({
      ...{ ...NO_CREDENTIAL, verb: "invitation.accept", outcome: "done" },
      ...{ actor_id: bob, actor_kind: "person", actor_name: "Bob", target_kind: "member", target_id: bob },
    });
    expect(JSON.parse(String(entries().at(-1)?.["details"]))).toEqual({
      invitation: id,
      email: "bob@example.com",
      role: "viewer",
      invited_by: user.id,
    });
    expect(JSON.stringify(entries())).not.toMatch(/doi_v1_/);
  });

  test.each(["audit_entries", "changes"])("does not happen when %s cannot be written", async (table) => {
    const { invite, accept, everything, block, unblock } = await start();
    const { secret } = await invite("bob@example.com", "viewer");
    const before = everything();
    block(table);
    expect((await accept(secret)).status).toBe(500);
    expect(everything()).toEqual(before);
    unblock(table);
    expect((await accept(secret)).status).toBe(201);
  });
});

describe("choosing a new password with a link", () => {
  async function startWithLink() {
    const started = await start();
    await started.send(started.token, "PUT", "/v2/account/password", { new_password: PASSWORD });
    await started.signIn("ada@example.com");
    const { link } = await started.identity.passwords.linkForOperator("ada@example.com");
    const json = { secret: secretOf(link.reveal()), new_password: "another password of hers" };
    return { ...started, redeem: () => started.send(null, "POST", "/v2/password-resets/redeem", json) };
  }

  test("is recorded, as the making of the link was, with the sessions that it ended", async () => {
    const { redeem, entries, user } = await startWithLink();
    expect(entries().at(-1)).toMatchObject({ verb: "password.link", actor_kind: "system", actor_name: "operator" });
    await redeem();
    expect(entries().at(-1)).toMatchObject({ ...NO_CREDENTIAL, verb: "password.reset", actor_id: user.id });
    expect(JSON.parse(String(entries().at(-1)?.["details"])).sessions).toHaveLength(1);
    expect(JSON.stringify(entries())).not.toMatch(/dor_v1_/);
  });

  test.each(["audit_entries", "changes"])("does not happen when %s cannot be written", async (table) => {
    const { redeem, everything, block, unblock } = await startWithLink();
    const before = everything();
    block(table);
    expect((await redeem()).status).toBe(500);
    expect(everything()).toEqual(before);
    unblock(table);
    expect((await redeem()).status).toBe(204);
  });
});

describe("asking for a link", () => {
  const asked = async (started: Awaited<ReturnType<typeof start>>) => {
    const { status } = await started.send(null, "POST", "/v2/password-resets", { email: "ada@example.com" });
    await started.identity.passwords.settled();
    return status;
  };

  test("is recorded where it makes one", async () => {
    const started = await start(MAIL);
    await asked(started);
    expect(started.entries().at(-1)).toMatchObject({
      ...{ verb: "password.link", actor_kind: "system", actor_name: "password reset", address: "127.0.0.1" },
      target_id: started.user.id,
    });
  });

  test("makes none, and sends none, when that cannot be recorded; whoever asked sees no difference", async () => {
    const started = await start(MAIL);
    const before = started.everything();
    started.block("audit_entries");
    expect(await asked(started)).toBe(202);
    expect(started.everything()).toEqual(before);
  });
});
