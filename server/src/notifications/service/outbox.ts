import type { Clock } from "../../kernel/clock.ts";
import { type Random, randomHex } from "../../kernel/random.ts";
import type { Sealer } from "../../kernel/seal.ts";
import type { Tx } from "../../store/transaction.ts";
import { messageOf, type TeamEvent } from "../model/events.ts";
import { endOfMail, type Mail, writeMail } from "../model/mails.ts";
import { type Channel, WORTH_TELLING_MS } from "../model/outbox.ts";
import { insertMessage } from "../queries/outbox.ts";
import { findWebhook } from "../queries/webhooks.ts";

/** Binds a sealed body to its row. */
export const placeOf = (id: string): string => `outbox|${id}`;

/** What is to be told is written down with the change it tells of: nothing is told that did not happen, and nothing forgotten. */
export function createOutbox(deps: { clock: Clock; random: Random; sealer: Sealer; canMail: boolean }) {
  const { clock, random, sealer, canMail } = deps;

  const write = async (
    tx: Tx,
    message: {
      channel: Channel;
      kind: string;
      teamId: string | null;
      recipient: string | null;
      content: object;
      expiresAt: number | null;
    },
  ): Promise<string> => {
    const { channel, kind, teamId, recipient } = message;
    const at = clock.now();
    const id = `msg_${randomHex(random, 16)}`;
    const body = sealer.seal(JSON.stringify(message.content), placeOf(id));
    const expiresAt = message.expiresAt ?? at + WORTH_TELLING_MS;
    await insertMessage(tx, { id, channel, kind, teamId, recipient, body, at, expiresAt });
    return id;
  };

  return {
    /** Sends a mail once `tx` is committed; where no mail server is set, nobody gets one (`canMail`). */
    async enqueue(tx: Tx, mail: Mail): Promise<void> {
      if (!canMail) return;
      await write(tx, {
        channel: "mail",
        kind: mail.kind,
        teamId: mail.teamId,
        recipient: mail.to,
        content: writeMail(mail),
        expiresAt: endOfMail(mail),
      });
    },

    /** Tells a team's webhook once `tx` is committed, if there is one and it wants to know. */
    async announce(tx: Tx, teamId: string, event: TeamEvent): Promise<void> {
      const webhook = await findWebhook(tx, teamId);
      if (webhook?.events.includes(event.type) !== true) return;
      const content = messageOf(event, clock.now());
      await write(tx, { channel: "webhook", kind: event.type, teamId, recipient: null, content, expiresAt: null });
    },

    /** Tells the webhook that this is a test, whatever else it wants to know. Returns the delivery's id. */
    announceTest(tx: Tx, teamId: string): Promise<string> {
      const content = messageOf({ type: "webhook.test" }, clock.now());
      return write(tx, { channel: "webhook", kind: "webhook.test", teamId, recipient: null, content, expiresAt: null });
    },
  };
}

export type Outbox = ReturnType<typeof createOutbox>;
