import type { Audit, Origin } from "../../audit/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { Sealer } from "../../kernel/seal.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { Store } from "../../store/store.ts";
import type { Tx } from "../../store/transaction.ts";
import { notificationErrors } from "../errors.ts";
import type { WebhookEvent } from "../model/events.ts";
import type { Delivery } from "../model/outbox.ts";
import { objectionTo, type Webhook } from "../model/webhook.ts";
import { dropWaitingEvents, findDelivery, listDeliveries } from "../queries/outbox.ts";
import { deleteWebhook, findWebhook, putWebhook } from "../queries/webhooks.ts";
import type { Outbox } from "./outbox.ts";
import { isPublicHost } from "./public-address.ts";
import { makeWebhookSecret } from "./sign.ts";

/** Who sets a team's webhook. Rooms that know people stand above this one, so they say it in these words. */
export type WebhookCaller = {
  readonly teamId: string;
  readonly actor: Parameters<Audit["record"]>[1]["actor"];
  /** Throws unless they may still do so, in the transaction of what they do. */
  readonly requireStanding: (tx: Tx) => Promise<void>;
};

/** Binds a sealed secret to its row. */
export const placeOfSecret = (teamId: string): string => `webhook|${teamId}`;

const MOST_DELIVERIES = 100;

/** Where a team's events go: at most one address for each team, and what became of what was sent there. */
export function createWebhooks(deps: {
  store: Store;
  clock: Clock;
  random: Random;
  audit: Audit;
  sealer: Sealer;
  outbox: Outbox;
  toPrivateNetworks: boolean;
}) {
  const { store, clock, random, audit, sealer, outbox, toPrivateNetworks } = deps;

  const require = async (db: Store["db"] | Tx, teamId: string): Promise<Webhook> => {
    const webhook = await findWebhook(db, teamId);
    if (webhook === undefined) throw notificationErrors.webhook_not_found();
    return webhook;
  };

  const parseUrl = (text: string): URL => {
    const url = URL.parse(text);
    if (url === null)
      throw notificationErrors.url_refused({ says: "url must be an address that begins with https://" });
    const objection = objectionTo(url, { toPrivateNetworks });
    if (objection !== null) throw notificationErrors.url_refused({ says: objection });
    // Names are judged when they are resolved, which is at each attempt.
    if (!toPrivateNetworks && !isPublicHost(url.hostname)) throw notificationErrors.url_refused();
    return url;
  };

  const makeSecret = (teamId: string) => {
    const secret = makeWebhookSecret(random);
    return { secret, sealedSecret: sealer.seal(secret.reveal(), placeOfSecret(teamId)) };
  };

  const record = (tx: Tx, { teamId, actor }: WebhookCaller, origin: Origin, verb: string, details: object) =>
    audit.record(tx, { teamId, actor, verb, target: { kind: "webhook", id: teamId }, origin, details: { ...details } });

  return {
    get: (teamId: string): Promise<Webhook> => require(store.db, teamId),

    /** Sets it, over the one there was. `secret` is the new one; null where the one there was stays. */
    async set(
      caller: WebhookCaller,
      input: { url: string; events: readonly WebhookEvent[]; newSecret: boolean },
      origin: Origin,
    ): Promise<{ webhook: Webhook; secret: Secret | null }> {
      const url = parseUrl(input.url);
      const { teamId } = caller;
      const now = clock.now();
      return await store.transaction(async (tx) => {
        await caller.requireStanding(tx);
        const existing = await findWebhook(tx, teamId);
        const kept = input.newSecret ? undefined : existing?.sealedSecret;
        const { secret, sealedSecret } = kept === undefined ? makeSecret(teamId) : { secret: null, sealedSecret: kept };
        const webhook: Webhook = {
          teamId,
          url: url.href,
          events: input.events,
          sealedSecret,
          createdAt: existing?.createdAt ?? now,
          updatedAt: now,
        };
        await putWebhook(tx, webhook);
        // The host alone: receivers are known to hide passwords in paths.
        const details = { host: url.host, events: input.events, new_secret: secret !== null };
        await record(tx, caller, origin, "webhook.set", details);
        return { webhook, secret };
      });
    },

    /** Deletes it, with what it has not been told yet. */
    delete: (caller: WebhookCaller, origin: Origin): Promise<void> =>
      store.transaction(async (tx) => {
        await caller.requireStanding(tx);
        const { url } = await require(tx, caller.teamId);
        await dropWaitingEvents(tx, caller.teamId);
        await deleteWebhook(tx, caller.teamId);
        await record(tx, caller, origin, "webhook.delete", { host: new URL(url).host });
      }),

    /** Sends it a test event, and gives the delivery that will tell what became of it. */
    test: (caller: WebhookCaller, origin: Origin): Promise<Delivery> =>
      store.transaction(async (tx) => {
        await caller.requireStanding(tx);
        const { url } = await require(tx, caller.teamId);
        const id = await outbox.announceTest(tx, caller.teamId);
        await record(tx, caller, origin, "webhook.test", { host: new URL(url).host, delivery: id });
        return await findDelivery(tx, id);
      }),

    deliveries: (teamId: string): Promise<Delivery[]> => listDeliveries(store.db, teamId, MOST_DELIVERIES),
  };
}
