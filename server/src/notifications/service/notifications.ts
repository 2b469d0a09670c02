import type { Audit } from "../../audit/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Random } from "../../kernel/random.ts";
import type { Sealer } from "../../kernel/seal.ts";
import type { Store } from "../../store/store.ts";
import { createAttempts } from "./attempt.ts";
import { createOutbox } from "./outbox.ts";
import { createWebhookPoster } from "./post-webhook.ts";
import { createMailer, type MailServer } from "./send-mail.ts";
import { createWebhooks } from "./webhooks.ts";
import { createWorker } from "./worker.ts";

/** What people are told by e-mail, and other programs by signed webhook. */
export function createNotifications(deps: {
  store: Store;
  clock: Clock;
  random: Random;
  log: Log;
  audit: Audit;
  sealer: Sealer;
  /** Null: nobody gets mail. */
  mailServer: MailServer | null;
  webhooksToPrivateNetworks: boolean;
  /** How long a mail server or a webhook may take. */
  timeoutMs: number;
  userAgent: string;
}) {
  const { mailServer, webhooksToPrivateNetworks: toPrivateNetworks } = deps;
  const canMail = mailServer !== null;
  const outbox = createOutbox({ ...deps, canMail });
  const attempts = createAttempts({
    ...deps,
    mailer: mailServer === null ? null : createMailer(mailServer),
    postWebhook: createWebhookPoster({ toPrivateNetworks }),
  });
  const { enqueue, announce } = outbox;
  return {
    /** Whether people can be reached by e-mail at all. */
    canMail,
    enqueue,
    announce,
    webhooks: createWebhooks({ ...deps, outbox, toPrivateNetworks }),
    ...createWorker({ ...deps, attempts }),
  };
}

export type Notifications = ReturnType<typeof createNotifications>;
