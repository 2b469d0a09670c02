import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { createCaller } from "../../test/caller.ts";
import { createCapturedLog } from "../../test/captured-log.ts";
import { addTeam, addToken } from "../../test/people.ts";
import { startReceiver } from "../../test/start-receiver.ts";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";

const WEBHOOK = "/v2/team/webhook";
const OUTSIDE = "https://hooks.example.com/latchkey";
const EVENTS = ["key.expiring", "key.revoked", "keys.revoked", "member.removed", "service_identity.responsible_left"];

async function start({ inside = true } = {}) {
  const log = createCapturedLog();
  const environment = { LATCHKEY_WEBHOOKS_TO_PRIVATE_NETWORKS: String(inside) };
  const latchkey = await startTestLatchkey({ log, environment });
  const receiver = await startReceiver();
  const { send } = createCaller(latchkey.url, latchkey.token);
  const database = new DatabaseSync(latchkey.folder.database);
  onTestFinished(() => database.close());
  const ask = async (method: string, path = "", json?: object, as = send) => {
    const { status, text } = await as(method, WEBHOOK + path, json === undefined ? {} : { json });
    return { status, text, body: text === "" ? null : JSON.parse(text) };
  };
  return {
    ...{ ...latchkey, receiver, log, ask, database },
    set: async (fields: object = {}) => (await ask("PUT", "", { url: receiver.url, ...fields })).body.webhook,
    async deliver() {
      latchkey.notifications.wake();
      await latchkey.notifications.idle();
    },
    deliveries: async () => (await ask("GET", "/deliveries")).body.deliveries,
    audit: () => database.prepare("SELECT verb, target_id, details FROM audit_entries ORDER BY seq").all(),
  };
}

describe("a team's webhook", () => {
  test("is shown with its secret when it is made, and then without it", async () => {
    const { ask, set, receiver } = await start();
    const made = await set();
    expect(made).toMatchObject({ url: receiver.url, events: EVENTS, secret: expect.stringMatching(/^whsec_/) });
    const { secret: _secret, ...shown } = made;
    expect((await ask("GET")).body).toEqual({ webhook: shown });
  });

  test("keeps its secret when it is set again, unless a new one is asked for", async () => {
    const { set, clock, ask } = await start();
    const first = await set();
    clock.advance(60_000);
    expect(await set({ events: ["key.revoked"] })).toMatchObject({ events: ["key.revoked"], secret: null });
    const { secret, created_at, updated_at } = await set({ new_secret: true });
    expect(secret).not.toBe(first.secret);
    expect([created_at, updated_at]).toEqual(["2026-03-23T09:15:00Z", "2026-03-23T09:16:00Z"]);
    expect((await ask("GET")).text).not.toContain(secret);
  });

  test("is none until it is set, and after it is deleted", async () => {
    const { ask, set } = await start();
    const none = { status: 404, body: { id: "not_found", message: "webhook not found" } };
    expect(await ask("GET")).toMatchObject(none);
    expect(await ask("DELETE")).toMatchObject(none);
    expect(await ask("POST", "/test")).toMatchObject(none);
    await set();
    expect((await ask("DELETE")).status).toBe(204);
    expect(await ask("GET")).toMatchObject(none);
  });

  test("is its team's alone", async () => {
    const latchkey = await start();
    await latchkey.set();
    const { token } = await addToken(latchkey, { teamId: await addTeam(latchkey, "Others") });
    const stranger = createCaller(latchkey.url, token).send;
    expect((await latchkey.ask("GET", "", undefined, stranger)).status).toBe(404);
    expect((await latchkey.ask("DELETE", "", undefined, stranger)).status).toBe(404);
    expect((await latchkey.ask("GET", "/deliveries", undefined, stranger)).body).toEqual({ deliveries: [] });
    expect((await latchkey.ask("GET")).status).toBe(200);
  });

  test("is its owners' to set", async () => {
    const latchkey = await start();
    const { token } = await addToken(latchkey, { role: "member" });
    const member = createCaller(latchkey.url, token).send;
    expect((await latchkey.ask("PUT", "", { url: OUTSIDE }, member)).status).toBe(403);
    for (const [method, path] of [["GET"], ["DELETE"], ["POST", "/test"], ["GET", "/deliveries"]] as const)
      expect((await latchkey.ask(method, path, undefined, member)).status).toBe(403);
  });

  test.each([
    { what: "no url", fields: { url: undefined }, message: "missing url field" },
    { what: "an empty url", fields: { url: " " }, message: "missing url field" },
    { what: "no events", fields: { events: [] }, message: "events must not be empty" },
    {
      what: "an event that there is not",
      fields: { events: ["key.expired"] },
      message: "must be one of key.expiring,",
    },
    { what: "a test among the events", fields: { events: ["webhook.test"] }, message: "must be one of key.expiring," },
    { what: "something else for a flag", fields: { new_secret: "yes" }, message: "new_secret must be true or false" },
  ])("is not set with $what", async ({ fields, message }) => {
    const { ask } = await start();
    const { status, body } = await ask("PUT", "", { url: OUTSIDE, ...fields });
    expect({ status, message: body.message }).toEqual({ status: 400, message: expect.stringContaining(message) });
  });
});

describe("a webhook's address", () => {
  test.each([
    ["not an address", "must be an address"],
    ["ftp://hooks.example.com/", "must begin with https://"],
    ["http://hooks.example.com/", "must begin with https://"],
    ["file:///etc/passwd", "must begin with https://"],
    ["https://user:pass@hooks.example.com/", "must not hold a user name or a password"],
    ["https://hooks.example.com/#part", "must not have a fragment"],
    ["https://127.0.0.1/", "that anybody can reach"],
    ["https://2130706433/", "that anybody can reach"],
    ["https://[::1]/", "that anybody can reach"],
    ["https://[::ffff:169.254.169.254]/", "that anybody can reach"],
    ["https://169.254.169.254/latest/meta-data/", "that anybody can reach"],
    ["https://10.1.2.3/", "that anybody can reach"],
  ])("cannot be %s", async (url, message) => {
    const { ask, database } = await start({ inside: false });
    const { status, body } = await ask("PUT", "", { url });
    expect({ status, message: body.message }).toEqual({ status: 422, message: expect.stringContaining(message) });
    expect(database.prepare("SELECT * FROM webhooks").all()).toEqual([]);
  });

  test("may be inside where the operator allows it, but still no other kind of address", async () => {
    const { ask } = await start();
    expect((await ask("PUT", "", { url: "http://10.1.2.3:8080/hook" })).status).toBe(200);
    expect((await ask("PUT", "", { url: "ftp://10.1.2.3/hook" })).status).toBe(422);
    expect((await ask("PUT", "", { url: "http://user@10.1.2.3/hook" })).status).toBe(422);
  });

  test("that was set while it was allowed is refused when it no longer is", async () => {
    const { ask, database, deliver, deliveries, receiver } = await start({ inside: false });
    await ask("PUT", "", { url: OUTSIDE });
    database.prepare("UPDATE webhooks SET url = ?").run(receiver.url.replace("http:", "https:"));
    await ask("POST", "/test");
    await deliver();
    expect(receiver.received).toEqual([]);
    expect(await deliveries()).toMatchObject([{ last_error: "the name leads to no public address" }]);
  });
});

describe("a delivery", () => {
  test("tells what became of an event", async () => {
    const { ask, set, deliver, deliveries, receiver, clock } = await start();
    await set();
    receiver.behaviour.answer = { status: 500 };
    const { status, body } = await ask("POST", "/test");
    expect(status).toBe(202);
    const fields = { id: body.delivery.id, event: "webhook.test", created_at: "2026-03-23T09:15:00Z" };
    expect(body.delivery).toMatchObject({ ...fields, state: "waiting", attempts: 0, last_error: null });
    await deliver();
    const failed = { ...fields, state: "waiting", attempts: 1, last_error: "answered 500", finished_at: null };
    expect(await deliveries()).toMatchObject([failed]);
    receiver.behaviour.answer = { status: 200 };
    clock.advance(30_000);
    await deliver();
    expect(await deliveries()).toEqual([
      {
        ...{ ...fields, state: "sent", attempts: 2, last_error: null, next_attempt_at: null },
        finished_at: "2026-03-23T09:15:30Z",
      },
    ]);
  });

  test("of a test comes whatever events were chosen", async () => {
    const { ask, set, deliver, receiver } = await start();
    await set({ events: ["key.revoked"] });
    await ask("POST", "/test");
    await deliver();
    const message = { type: "webhook.test", timestamp: "2026-03-23T09:15:00Z", data: {} };
    expect(receiver.received.map(({ body }) => JSON.parse(body))).toEqual([message]);
  });

  test("is one of the last hundred", async () => {
    const { ask, set, deliveries, clock } = await start();
    await set();
    for (let count = 0; count < 103; count += 1) {
      clock.advance(1000);
      await ask("POST", "/test");
    }
    const listed = await deliveries();
    expect(listed).toHaveLength(100);
    expect([listed.at(0).created_at, listed.at(-1).created_at]).toEqual([
      "2026-03-23T09:16:43Z",
      "2026-03-23T09:15:04Z",
    ]);
  }, 20_000);

  test("goes where the webhook is by then, and nowhere once it is deleted", async () => {
    const { ask, set, deliver, deliveries, receiver, clock, store, notifications, team } = await start();
    const other = await startReceiver();
    receiver.behaviour.answer = { status: 500 };
    await set();
    await ask("POST", "/test");
    await deliver();
    await ask("PUT", "", { url: other.url });
    clock.advance(30_000);
    await deliver();
    expect([receiver.received.length, other.received.length]).toEqual([1, 1]);
    const member = { id: "u-1", name: "Bob" };
    await store.transaction((tx) =>
      notifications.announce(tx, team.id, { type: "member.removed", member, keysRevoked: 0 }),
    );
    await ask("DELETE");
    await set();
    await deliver();
    expect([receiver.received.length, other.received.length]).toEqual([1, 1]);
    expect(await deliveries()).toMatchObject([{ state: "sent" }]);
  });
});

describe("nobody learns the secret of a webhook", () => {
  test("from the database, the log, the audit log or any other answer", async () => {
    const { ask, set, deliver, folder, log, database, receiver } = await start();
    const { secret } = await set();
    const { secret: second } = await set({ new_secret: true });
    receiver.behaviour.answer = { status: 500 };
    await ask("POST", "/test");
    await deliver();
    const answers = [await ask("GET"), await ask("GET", "/deliveries"), await ask("PUT", "", { url: secret })];
    const files = ["", "-wal"].map((end) => readFileSync(folder.database + end, "latin1"));
    const places = [...answers.map(({ text }) => text), ...log.lines, ...files].join("\n");
    expect(places).toContain("webhook.test");
    for (const text of [secret, second]) {
      const bytes = Buffer.from(text.slice("whsec_".length), "base64");
      for (const form of [text, text.slice("whsec_".length), bytes.toString("hex"), bytes.toString("latin1")])
        expect(places.includes(form)).toBe(false);
    }
    expect(database.prepare("SELECT length(secret) AS length FROM webhooks").get()).toEqual({ length: 12 + 50 + 16 });
  });

  test("by signing with a copy of it in another team's row", async () => {
    const latchkey = await start();
    const { set, database, ask, deliver, deliveries, receiver } = latchkey;
    const { token } = await addToken(latchkey, { teamId: await addTeam(latchkey, "Others") });
    await ask("PUT", "", { url: OUTSIDE }, createCaller(latchkey.url, token).send);
    await set();
    const copy = "SELECT secret FROM webhooks WHERE team_id <> ?";
    database
      .prepare(`UPDATE webhooks SET secret = (${copy}) WHERE team_id = ?`)
      .run(latchkey.team.id, latchkey.team.id);
    await ask("POST", "/test");
    await deliver();
    expect(receiver.received).toEqual([]);
    expect(await deliveries()).toMatchObject([{ state: "failed", last_error: "sealed under another pepper" }]);
  });
});

test("what is audited of a webhook is its host and its events, not what its path may hide", async () => {
  // A name that leads inside: nothing leaves this machine.
  const { ask, audit, team } = await start({ inside: false });
  await ask("PUT", "", { url: "https://localhost:9/hidden?token=hidden", events: ["key.revoked"] });
  await ask("POST", "/test");
  await ask("DELETE");
  const entries = audit().slice(-3);
  expect(entries.map(({ verb, target_id }) => [verb, target_id])).toEqual(
    ["webhook.set", "webhook.test", "webhook.delete"].map((verb) => [verb, team.id]),
  );
  expect(JSON.parse(String(entries[0]?.["details"]))).toEqual({
    host: "localhost:9",
    events: ["key.revoked"],
    new_secret: true,
  });
  expect(JSON.stringify(entries)).not.toContain("hidden");
});
