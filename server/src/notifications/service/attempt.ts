import type { Clock } from "../../kernel/clock.ts";
import type { Sealer } from "../../kernel/seal.ts";
import type { Store } from "../../store/store.ts";
import type { WrittenMail } from "../model/mails.ts";
import type { Attempt, Channel, Waiting } from "../model/outbox.ts";
import { findWebhook } from "../queries/webhooks.ts";
import { placeOf } from "./outbox.ts";
import type { createWebhookPoster } from "./post-webhook.ts";
import type { createMailer } from "./send-mail.ts";
import { signatureHeaders } from "./sign.ts";
import { placeOfSecret } from "./webhooks.ts";

export type Attempts = { readonly [C in Channel]: (row: Waiting, signal: AbortSignal) => Promise<Attempt> };

const UNREADABLE: Attempt = { kind: "refused", error: "sealed under another pepper" };

/** Tells one thing once, by its channel. */
export function createAttempts(deps: {
  store: Store;
  clock: Clock;
  sealer: Sealer;
  mailer: ReturnType<typeof createMailer> | null;
  postWebhook: ReturnType<typeof createWebhookPoster>;
  userAgent: string;
}): Attempts {
  const { store, clock, sealer, mailer, postWebhook, userAgent } = deps;
  return {
    async mail(row, signal) {
      // Written when there was one; it waits for its return until it is not worth sending any more.
      if (mailer === null) return { kind: "failed", error: "no mail server is set" };
      const body = sealer.open(row.body, placeOf(row.id));
      if (body === undefined) return UNREADABLE;
      const { subject, text } = JSON.parse(body) as WrittenMail;
      return mailer({ id: row.id, to: row.recipient ?? "", subject, text }, signal);
    },

    async webhook(row, signal) {
      // As it is now: a changed address or secret is good for what already waits.
      const webhook = await findWebhook(store.db, row.teamId ?? "");
      if (webhook === undefined) return { kind: "refused", error: "the webhook was deleted" };
      const body = sealer.open(row.body, placeOf(row.id));
      const secret = sealer.open(webhook.sealedSecret, placeOfSecret(webhook.teamId));
      if (body === undefined || secret === undefined) return UNREADABLE;
      const headers = {
        "content-type": "application/json",
        "user-agent": userAgent,
        ...signatureHeaders(secret, { id: row.id, atSeconds: Math.floor(clock.now() / 1000), body }),
      };
      return postWebhook({ url: new URL(webhook.url), headers, body }, signal);
    },
  };
}
