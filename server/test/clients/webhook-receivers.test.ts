import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WebhookMessage } from "@latchkey/contract/notifications";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { startReceiver } from "../start-receiver.ts";
import { startTestNotifications } from "../start-test-notifications.ts";

type Verify = (secret: string, headers: Record<string, string>, body: string) => unknown;

/** The function that docs/operate/notifications.md gives to whoever writes a receiver. */
async function verifyOfDocs(): Promise<Verify> {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/operate/notifications.md"), "utf8");
  const code = /```js\n(.*?)\n```/s.exec(page)?.[1] ?? "";
  const { verify } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return verify;
}

/** An event as a receiver got it, and the secret to verify it with. */
async function receive() {
  const receiver = await startReceiver();
  const { setWebhook, announce, deliver, clock } = await startTestNotifications();
  // The receivers here look at the time, too.
  clock.set(Date.now());
  const secret = await setWebhook(receiver.url);
  await announce();
  await deliver();
  const [received] = receiver.received;
  if (received === undefined) throw new Error("nothing was received");
  const headers = Object.fromEntries(Object.entries(received.headers).map(([name, value]) => [name, String(value)]));
  return { secret, headers, body: received.body, method: received.method, clock };
}

const RECEIVERS: readonly (readonly [name: string, verify: () => Promise<Verify>])[] = [
  ["the specification's own library", async () => (secret, headers, body) => new Webhook(secret).verify(body, headers)],
  ["the page for operators", verifyOfDocs],
];

describe.each(RECEIVERS)("a receiver with %s", (_name, load) => {
  test("believes an event of ours and reads it", async () => {
    const { secret, headers, body } = await receive();
    expect((await load())(secret, headers, body)).toMatchObject({
      type: "member.removed",
      data: { member: { id: "u-1", name: "Bob" }, keys_revoked: 3 },
    });
  });

  test("believes no other body, id or time, nobody else's signature, and nothing old", async () => {
    const { secret, headers, body } = await receive();
    const verify = await load();
    const anothers = `whsec_${Buffer.alloc(32).toString("base64")}`;
    const old = { ...headers, "webhook-timestamp": String(Number(headers["webhook-timestamp"]) - 600) };
    expect(() => verify(secret, headers, body.replace("Bob", "Eve"))).toThrow();
    expect(() => verify(secret, { ...headers, "webhook-id": "msg_2" }, body)).toThrow();
    expect(() => verify(secret, old, body)).toThrow();
    expect(() => verify(anothers, headers, body)).toThrow();
    expect(() => verify(secret, { ...headers, "webhook-signature": "v1," }, body)).toThrow();
  });
});

test("an event is what the contract says, under headers that anybody can compute anew", async () => {
  const { secret, headers, body, method, clock } = await receive();
  expect(WebhookMessage.parse(JSON.parse(body))).toEqual(JSON.parse(body));
  expect(method).toBe("POST");
  expect(headers["content-type"]).toBe("application/json");
  expect(headers["webhook-timestamp"]).toBe(String(Math.floor(clock.now() / 1000)));
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  expect(headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
});
