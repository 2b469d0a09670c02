import type { RecordedEntry } from "../audit/index.ts";
import type { EpochMs } from "../kernel/clock.ts";
import { isOver } from "./model.ts";

/** Which secrets that are not their own somebody has been shown, as far as the audit log tells. */
export type ShownSecrets = {
  /** Until when what they were shown of each key is good; null as long as the key is. */
  readonly keys: Map<string, EpochMs | null>;
  readonly tokens: Set<string>;
  /** Whether the team's events go where they said. */
  choseWebhook: boolean;
  knowsWebhookSecret: boolean;
};

/** The verbs after which somebody has seen a secret, or another one is good in its place. */
export const SHOWING_VERBS: readonly string[] = [
  "access_key.create",
  "access_key.rotate",
  "api_token.create",
  "webhook.set",
  "webhook.delete",
];

export const noSecrets = (): ShownSecrets => ({
  keys: new Map(),
  tokens: new Set(),
  choseWebhook: false,
  knowsWebhookSecret: false,
});

/** A new secret that somebody else was shown: what one knew before is good for the overlap. */
function rotateAway({ keys }: ShownSecrets, { targetId, details }: RecordedEntry): void {
  const until = keys.get(targetId);
  const end = details["previous_secret_expires_at"];
  if (until === undefined || typeof end !== "number") return;
  keys.set(targetId, until === null ? end : Math.min(until, end));
}

/** Goes one entry on, oldest first. Changes what it is given. */
export function showOn(shown: ShownSecrets, entry: RecordedEntry, personId: string): void {
  const { verb, targetId, actorId, details } = entry;
  const isTheirs = actorId === personId;
  if (verb.startsWith("access_key.")) {
    if (isTheirs) shown.keys.set(targetId, null);
    else rotateAway(shown, entry);
  } else if (verb === "api_token.create") {
    if (isTheirs) shown.tokens.add(targetId);
  } else if (verb === "webhook.set") {
    shown.choseWebhook = isTheirs;
    if (details["new_secret"] !== false) shown.knowsWebhookSecret = isTheirs;
  } else {
    shown.choseWebhook = false;
    shown.knowsWebhookSecret = false;
  }
}

/** Whether what they were shown of this key may still be good. */
export function mayKnow({ keys }: ShownSecrets, keyId: string, now: EpochMs): boolean {
  const until = keys.get(keyId);
  return until !== undefined && !isOver(until, now);
}
