import { createHmac } from "node:crypto";
import type { Random } from "../../kernel/random.ts";
import { Secret } from "../../kernel/secret.ts";

const PREFIX = "whsec_";
/** The specification asks for 24 to 64. */
const SECRET_BYTES = 32;

/** What a receiver verifies with, in the form in which Standard Webhooks libraries take it. */
export const makeWebhookSecret = (random: Random): Secret =>
  new Secret(PREFIX + Buffer.from(random.bytes(SECRET_BYTES)).toString("base64"));

/**
 * The headers that make a webhook believable (Standard Webhooks specification 1.0, "Signature scheme"): an id that stays the same
 * however often it is sent, the time of this attempt, and an HMAC-SHA-256 over both and the body.
 */
export function signatureHeaders(secret: string, message: { id: string; atSeconds: number; body: string }) {
  const { id, atSeconds, body } = message;
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${atSeconds}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(atSeconds), "webhook-signature": `v1,${signature}` };
}
