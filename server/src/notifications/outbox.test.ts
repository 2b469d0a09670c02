import { describe, expect, test } from "vitest";
import { eventually } from "../../test/eventually.ts";
import { startReceiver } from "../../test/start-receiver.ts";
import { startTestNotifications, type TestNotificationsOptions } from "../../test/start-test-notifications.ts";

const DAY_MS = 24 * 3_600_000;
/** Longer than any wait between attempts, and than any lease. */
const LONG_MS = 6 * 3_600_000;

async function start(options: TestNotificationsOptions = {}) {
  const receiver = await startReceiver();
  const started = await startTestNotifications(options);
  await started.setWebhook(receiver.url);
  return { ...started, receiver };
}

/** Ids of what was received, as often as it was. */
const idsOf = (receiver: Awaited<ReturnType<typeof startReceiver>>) =>
  receiver.received.map(({ headers }) => headers["webhook-id"]);

describe("what is told", () => {
  test("is told once it is committed, and then no more", async () => {
    const { announce, deliver, receiver, rows } = await start();
    await announce();
    await deliver();
    await deliver();
    expect(receiver.received).toHaveLength(1);
    expect(rows()).toMatchObject([{ state: "sent", attempts: 1, body: null, last_error: null }]);
  });

  test("is not told when the change it tells of did not happen", async () => {
    const { notifications, store, teamId, deliver, receiver, rows } = await start();
    const change = store.transaction(async (tx) => {
      const member = { id: "u-1", name: "Bob" };
      await notifications.announce(tx, teamId, { type: "member.removed", member, keysRevoked: 0 });
      throw new Error("did not happen");
    });
    await expect(change).rejects.toThrow("did not happen");
    await deliver();
    expect(receiver.received).toEqual([]);
    expect(rows()).toEqual([]);
  });

  test("is what was asked for: a webhook that does not want an event is not told", async () => {
    const { notifications, store, teamId, deliver, receiver } = await start();
    await store.transaction((tx) =>
      notifications.announce(tx, teamId, { type: "keys.revoked", of: "team", id: teamId }),
    );
    await deliver();
    expect(receiver.received).toEqual([]);
  });

  test("is told once though several processes look at the same time", async () => {
    const { announce, deliver, receiver, startProcess } = await start();
    for (let count = 0; count < 20; count += 1) await announce();
    const processes = ["second", "third", "fourth"].map(startProcess);
    await Promise.all(processes.map((by) => deliver(by)));
    expect(receiver.received).toHaveLength(20);
    expect(new Set(idsOf(receiver)).size).toBe(20);
  });
});

describe("a sender that dies while it tells something", () => {
  /** Two processes, the first of which has taken something up and hears nothing. */
  async function startWithDying() {
    const started = await start({ timeoutMs: 2_000 });
    const { receiver, announce, notifications } = started;
    receiver.behaviour.answer = null;
    await announce();
    notifications.wake();
    await eventually(() => receiver.received.length === 1);
    receiver.behaviour.answer = { status: 204 };
    return { ...started, other: started.startProcess("other") };
  }

  test("leaves it to another one when its lease has run out, and not before", async () => {
    const { deliver, other, receiver, clock, rows } = await startWithDying();
    clock.advance(60_000);
    await deliver(other);
    expect(receiver.received).toHaveLength(1);
    clock.advance(2_000);
    await deliver(other);
    expect(idsOf(receiver)).toEqual([rows()[0]?.["id"], rows()[0]?.["id"]]);
    expect(rows()).toMatchObject([{ state: "sent", attempts: 2 }]);
  });

  test("cannot undo what the other one did, should it turn out to live", async () => {
    const { deliver, other, clock, rows, notifications } = await startWithDying();
    clock.advance(62_000);
    await deliver(other);
    await notifications.idle();
    expect(rows()).toMatchObject([{ state: "sent", attempts: 2, last_error: null }]);
  });

  test("again and again, because of what it tells, is not let near it for ever", async () => {
    const { announce, deliver, receiver, rows, stranger } = await start();
    await announce();
    stranger.exec("UPDATE outbox SET attempts = 9");
    await deliver();
    expect(receiver.received).toEqual([]);
    expect(rows()).toMatchObject([{ state: "failed", body: null, last_error: "every attempt was cut off" }]);
  });
});

test("what this server stumbles over holds up nothing else, and is not tried for ever", async () => {
  const { announce, deliver, receiver, rows, stranger, addTeam, setWebhook } = await start();
  await announce();
  const other = addTeam();
  await setWebhook("https://stumble.example/", other);
  stranger.exec(`UPDATE webhooks SET url = 'no address' WHERE team_id = '${other}'`);
  await announce(other);
  await deliver();
  expect(receiver.received).toHaveLength(1);
  const stumbled = rows().find(({ team_id }) => team_id === other);
  expect(stumbled).toMatchObject({ state: "waiting", attempts: 1, last_error: "an error of this server" });
});

describe("a receiver that refuses", () => {
  test("is tried nine times in about a day, with growing waits, and then no more", async () => {
    const { announce, deliver, receiver, rows, clock } = await start();
    receiver.behaviour.answer = { status: 503 };
    await announce();
    const waits: number[] = [];
    for (;;) {
      await deliver();
      const [row] = rows();
      if (row?.["state"] !== "waiting") break;
      const wait = Number(row["due_at"]) - clock.now();
      clock.advance(wait - 1);
      await deliver();
      expect(rows()).toEqual([row]);
      clock.advance(1);
      waits.push(wait);
    }
    const full = [30, 120, 480, 1920, 7680, 21_600, 21_600, 21_600].map((seconds) => seconds * 1000);
    expect(waits).toHaveLength(full.length);
    for (const [index, most] of full.entries()) {
      expect(waits[index]).toBeLessThanOrEqual(most);
      expect(waits[index]).toBeGreaterThanOrEqual(most / 2);
    }
    expect(receiver.received).toHaveLength(9);
    expect(new Set(idsOf(receiver)).size).toBe(1);
    expect(rows()).toMatchObject([{ state: "failed", attempts: 9, body: null, last_error: "answered 503" }]);
    clock.advance(LONG_MS);
    await deliver();
    expect(receiver.received).toHaveLength(9);
  });

  test("and what failed together does not come back together", async () => {
    const { announce, deliver, receiver, rows } = await start();
    receiver.behaviour.answer = { status: 503 };
    for (let count = 0; count < 5; count += 1) await announce();
    await deliver();
    expect(new Set(rows().map(({ due_at }) => due_at)).size).toBeGreaterThan(1);
  });

  test("for good (410 Gone) is believed at once", async () => {
    const { announce, deliver, receiver, rows } = await start();
    receiver.behaviour.answer = { status: 410 };
    await announce();
    await deliver();
    expect(rows()).toMatchObject([{ state: "failed", attempts: 1, body: null, last_error: "answered 410" }]);
  });

  test("by sending elsewhere is not followed there", async () => {
    const { announce, deliver, receiver, rows } = await start();
    const elsewhere = await startReceiver();
    receiver.behaviour.answer = { status: 307, headers: { location: elsewhere.url } };
    await announce();
    await deliver();
    expect(elsewhere.received).toEqual([]);
    expect(rows()).toMatchObject([{ state: "waiting", last_error: "answered 307; redirects are not followed" }]);
  });
});

describe("a receiver that says nothing", () => {
  test("is waited for no longer than the time allowed", async () => {
    const { announce, deliver, receiver, rows } = await start({ timeoutMs: 100 });
    receiver.behaviour.answer = null;
    await announce();
    await deliver();
    expect(rows()).toMatchObject([{ state: "waiting", attempts: 1, last_error: "no answer in time" }]);
  });

  test("holds up nobody else, however much waits for it", async () => {
    const { announce, receiver, stranger, setWebhook, addTeam, notifications } = await start({ timeoutMs: 60_000 });
    receiver.behaviour.answer = null;
    for (let count = 0; count < 10; count += 1) await announce();
    const otherTeam = addTeam();
    const other = await startReceiver();
    await setWebhook(other.url, otherTeam);
    await announce(otherTeam);
    notifications.wake();
    await eventually(() => other.received.length === 1);
    await eventually(() => receiver.received.length === 1);
    await notifications.close(0);
    expect(receiver.received).toHaveLength(1);
    expect(stranger.prepare("SELECT team_id FROM outbox WHERE state = 'sent'").all()).toEqual([{ team_id: otherTeam }]);
  });

  test("holds up as many others as tell at the same time, and those are four", async () => {
    const { announce, receiver, addTeam, setWebhook, notifications } = await start({ timeoutMs: 60_000 });
    receiver.behaviour.answer = null;
    for (let count = 0; count < 8; count += 1) {
      const team = addTeam();
      await setWebhook(receiver.url, team);
      await announce(team);
    }
    for (let count = 0; count < 3; count += 1) notifications.wake();
    await eventually(() => receiver.received.length === 4);
    await notifications.close(50);
    expect(receiver.received).toHaveLength(4);
  });

  test("does not hold up the end of the server; the next one tries at once", async () => {
    const { announce, receiver, rows, notifications, clock, startProcess, deliver } = await start({
      timeoutMs: 60_000,
    });
    receiver.behaviour.answer = null;
    await announce();
    notifications.wake();
    await eventually(() => receiver.received.length === 1);
    await notifications.close(20);
    expect(rows()).toMatchObject([{ state: "waiting", due_at: clock.now(), last_error: "cut off by a stop" }]);
    receiver.behaviour.answer = { status: 204 };
    await deliver();
    expect(receiver.received).toHaveLength(1);
    await deliver(startProcess("next"));
    expect(rows()).toMatchObject([{ state: "sent", attempts: 2 }]);
  });
});

describe("what is too late", () => {
  test("is not told, and its body goes", async () => {
    const { announce, deliver, receiver, rows, clock, notifications } = await start();
    await announce();
    clock.advance(7 * DAY_MS);
    await deliver();
    await notifications.tidy();
    expect(receiver.received).toEqual([]);
    expect(rows()).toMatchObject([{ state: "expired", body: null }]);
  });

  test("is forgotten 30 days after it ended; what waits is not", async () => {
    const { announce, deliver, rows, clock, notifications } = await start();
    await announce();
    await deliver();
    clock.advance(30 * DAY_MS);
    await announce();
    await notifications.tidy();
    expect(rows()).toMatchObject([{ state: "sent" }, { state: "waiting" }]);
    clock.advance(1);
    await notifications.tidy();
    expect(rows()).toMatchObject([{ state: "waiting" }]);
  });
});
