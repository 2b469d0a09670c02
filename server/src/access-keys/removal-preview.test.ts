import { createAccessKey } from "@latchkey/contract/access-keys";
import { previewRemoval } from "@latchkey/contract/removal-preview";
import { createServiceIdentity } from "@latchkey/contract/service-identities";
import { expect, test } from "vitest";
import { createCaller, type HeldKey } from "../../test/caller.ts";
import { addTeam, addToken } from "../../test/people.ts";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { createTeam } from "../../test/team.ts";

const DAY_MS = 86_400_000;

async function start() {
  const latchkey = await startTestLatchkey({ environment: { LATCHKEY_TRUST_PROXY: "true" } });
  const owner = createCaller(latchkey.url, latchkey.token);
  const team = createTeam(latchkey.url, latchkey.token);
  const namespaceId = await owner.addNamespace();
  const bob = await team.join("Bob", "member");
  const caller = createCaller(latchkey.url, bob.session);
  const preview = async (id = bob.id) => {
    const { status, text } = await owner.send("GET", `/v2/team/members/${id}/removal-preview`);
    expect(status, text).toBe(200);
    return previewRemoval.answers[200].parse(JSON.parse(text));
  };
  return { latchkey, owner, team, namespaceId, bob, caller, preview };
}

const invoke = (url: string, key: HeldKey, path: string, address: string) =>
  fetch(`${url}/api/v1/namespaces/_/actions/${path}?blocking=true`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString("base64")}`,
      "x-forwarded-for": address,
    },
  });

test("everything that would end is shown, with what it was used for and from where", async () => {
  const { latchkey, owner, team, namespaceId, bob, caller, preview } = await start();
  const { clock, url } = latchkey;
  const robot = await owner.send("POST", "/v2/team/service-identities", {
    json: { name: "robot", responsible_id: bob.id },
  });
  const robotId = createServiceIdentity.answers[201].parse(JSON.parse(robot.text)).service_identity.id;
  await caller.send("POST", "/v2/tokens", { json: { name: "laptop", scopes: ["function:read"] } });
  const used = await caller.addKey(namespaceId, "used", { expires_in: "90d" });
  await owner.addKey(namespaceId, "somebody else's");
  await caller.deploy(used, "hello");
  clock.advance(40 * DAY_MS);
  const at = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
  expect((await invoke(url, used, "hello", "203.0.113.7")).status).toBe(200);
  expect((await invoke(url, used, "hello", "203.0.113.7")).status).toBe(200);
  const session = await team.signIn(bob.email);
  const { body } = await team.send(session, "POST", `/v2/functions/namespaces/${namespaceId}/keys`, { name: "unused" });
  const unused = createAccessKey.answers[201].parse(body).access_key;

  expect(await preview()).toEqual({
    member: { id: bob.id, name: "Bob", email: bob.email, role: "member" },
    is_last_owner: false,
    access_keys: [
      expect.objectContaining({ id: unused.id, name: "unused", last_used_at: null, last_used_from: null, touched: [] }),
      expect.objectContaining({
        id: used.id,
        namespace_id: namespaceId,
        state: "active",
        last_used_at: at,
        last_used_from: "203.0.113.7",
        // Its deployment lies more than 30 days back.
        touched: [{ function: "hello", kind: "invoke", last_at: at, count: 2 }],
      }),
    ],
    access_key_count: 2,
    triggers: [],
    api_tokens: [expect.objectContaining({ name: "laptop", scopes: ["function:read"], last_used_at: null })],
    // The one from 40 days ago has run out.
    session_count: 1,
    known_secrets: { access_keys: [], api_tokens: [], webhook_address: false, webhook_secret: false },
    service_identities: [{ id: robotId, name: "robot" }],
  });
}, 20_000);

test("what runs in their name, and would stop, is shown: all of it, and nothing that runs in another's", async () => {
  const { latchkey, owner, namespaceId, bob, caller, preview } = await start();
  const otherNamespace = await caller.addNamespace("other");
  for (const namespace of [namespaceId, otherNamespace])
    await caller.deploy(await caller.addKey(namespace, "deploys"), "hello");
  const schedule = async (who: typeof caller, namespace: string, name: string, is_enabled = true) => {
    const scheduled_details = { cron: "0 3 * * *", body: { to: "ops" } };
    const json = { name, function: "hello", type: "SCHEDULED", is_enabled, scheduled_details };
    const { status, text } = await who.send("POST", `/v2/functions/namespaces/${namespace}/triggers`, { json });
    expect(status, text).toBe(200);
  };
  await schedule(caller, namespaceId, "nightly");
  await schedule(caller, namespaceId, "paused", false);
  await schedule(owner, namespaceId, "of the owner");
  await schedule(caller, otherNamespace, "elsewhere");
  const { token } = await addToken(latchkey, { teamId: await addTeam(latchkey, "Other") });
  const stranger = createCaller(latchkey.url, token);
  const theirs = await stranger.addNamespace("theirs");
  await stranger.deploy(await stranger.addKey(theirs, "deploys"), "hello");
  await schedule(stranger, theirs, "in another team");
  // As it would be if they belonged to that team, too.
  const inTheirs = latchkey.store.db.updateTable("schedules").where("namespace_id", "=", theirs);
  await inTheirs.set({ owner_id: bob.id }).execute();
  latchkey.clock.advance(DAY_MS);
  await latchkey.schedules.runDue();

  const { triggers } = await preview();
  const runs = {
    function: "hello",
    is_enabled: true,
    last_run_at: expect.any(String),
    next_run_at: expect.any(String),
  };
  const elsewhere = { ...runs, namespace_id: otherNamespace, name: "elsewhere" };
  const here = { ...runs, namespace_id: namespaceId };
  const paused = { ...here, name: "paused", is_enabled: false, last_run_at: null, next_run_at: null };
  const shown = [elsewhere, { ...here, name: "nightly" }, paused];
  expect(triggers).toHaveLength(3);
  expect(triggers).toEqual(expect.arrayContaining(shown));

  const left = latchkey.store.db.selectFrom("schedules").select("name").where("suspension", "=", "owner_left");
  const stopped = left.where("namespace_id", "!=", theirs).orderBy("name");
  expect(await stopped.execute()).toEqual([]);
  expect((await owner.send("DELETE", `/v2/team/members/${bob.id}`)).status).toBe(204);
  expect((await stopped.execute()).map(({ name }) => name)).toEqual(triggers.map(({ name }) => name).sort());
}, 20_000);

test("what they may still know afterwards is shown: secrets of service identities that they have seen, and the webhook", async () => {
  const { latchkey, owner, team, namespaceId, preview } = await start();
  const carol = await team.join("Carol", "owner");
  const by = createCaller(latchkey.url, carol.session);
  const robot = await owner.send("POST", "/v2/team/service-identities", { json: { name: "robot" } });
  const robotId = createServiceIdentity.answers[201].parse(JSON.parse(robot.text)).service_identity.id;
  const add = async (who: typeof by, name: string, expires_in = "90d") => {
    const json = { namespace_id: namespaceId, name, expires_in };
    const { text } = await who.send("POST", `/v2/team/service-identities/${robotId}/keys`, { json });
    return createAccessKey.answers[201].parse(JSON.parse(text)).access_key;
  };
  const token = { name: "deploys", scopes: ["function:read"] };
  const keys = [await add(by, "created"), await add(owner, "rotated"), await add(by, "rotated away")];
  await add(owner, "never seen");
  await add(by, "short", "1h");
  const [, rotated, away] = keys.map(({ id }) => id);
  await by.rotateKey(namespaceId, rotated ?? "", "24h");
  await owner.rotateKey(namespaceId, away ?? "", "1h");
  for (const who of [by, owner])
    await who.send("POST", `/v2/team/service-identities/${robotId}/tokens`, { json: token });
  const setWebhook = (who: typeof by, new_secret: boolean) =>
    who.send("PUT", "/v2/team/webhook", { json: { url: "https://hooks.example.com/carol", new_secret } });
  await setWebhook(by, true);

  const known = async () => {
    const { access_keys, api_tokens, ...webhook } = (await preview(carol.id)).known_secrets;
    return { keys: access_keys.map(({ name }) => name).sort(), tokens: api_tokens.map(({ name }) => name), ...webhook };
  };
  const webhook = { webhook_address: true, webhook_secret: true };
  const all = ["created", "rotated", "rotated away", "short"];
  expect(await known()).toEqual({ keys: all, tokens: ["deploys"], ...webhook });
  latchkey.clock.advance(3_600_000);
  await setWebhook(owner, false);
  expect(await known()).toMatchObject({ keys: ["created", "rotated"], webhook_address: false, webhook_secret: true });
  await setWebhook(owner, true);
  await owner.rotateKey(namespaceId, rotated ?? "", 0);
  expect(await known()).toMatchObject({ keys: ["created"], webhook_address: false, webhook_secret: false });
});

test("looking changes nothing, and what was shown is what then ends", async () => {
  const { owner, namespaceId, bob, caller, preview } = await start();
  const keys = [await caller.addKey(namespaceId, "one"), await caller.addKey(namespaceId, "two")];
  const others = await owner.addKey(namespaceId, "somebody else's");
  const shown = (await preview()).access_keys.map(({ id }) => id);
  expect(await preview()).toMatchObject({ access_key_count: 2 });
  for (const key of [...keys, others]) expect((await owner.connect(key)).status).toBe(200);
  expect((await owner.send("DELETE", `/v2/team/members/${bob.id}`)).status).toBe(204);
  expect(shown.sort()).toEqual(keys.map(({ id }) => id).sort());
  for (const key of keys) expect((await owner.connect(key)).status).toBe(401);
  expect((await owner.connect(others)).status).toBe(200);
});

test("the last owner is told that nobody can remove them", async () => {
  const { latchkey, preview, team } = await start();
  expect((await preview(latchkey.user.id)).is_last_owner).toBe(true);
  await team.join("Carol", "owner");
  expect((await preview(latchkey.user.id)).is_last_owner).toBe(false);
});

test("service identities, people of other teams and nobody are no members", async () => {
  const { owner } = await start();
  const robot = await owner.send("POST", "/v2/team/service-identities", { json: { name: "robot" } });
  const { id } = createServiceIdentity.answers[201].parse(JSON.parse(robot.text)).service_identity;
  for (const nobody of [id, "00000000-0000-4000-8000-000000000000", "nobody"])
    expect((await owner.send("GET", `/v2/team/members/${nobody}/removal-preview`)).status).toBe(404);
});
