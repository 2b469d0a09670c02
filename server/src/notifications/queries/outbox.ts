import type { EpochMs } from "../../kernel/clock.ts";
import type { Row } from "../../store/tables.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { Channel, Delivery, Verdict, Waiting } from "../model/outbox.ts";

export type NewMessage = {
  readonly id: string;
  readonly channel: Channel;
  readonly kind: string;
  readonly teamId: string | null;
  readonly recipient: string | null;
  readonly body: Uint8Array;
  readonly at: EpochMs;
  readonly expiresAt: EpochMs;
};

export async function insertMessage(tx: Tx, message: NewMessage): Promise<void> {
  const { id, channel, kind, recipient, body, at } = message;
  await tx
    .insertInto("outbox")
    .values({
      id,
      channel,
      kind,
      team_id: message.teamId,
      recipient,
      body,
      state: "waiting",
      attempts: 0,
      last_error: null,
      created_at: at,
      due_at: at,
      expires_at: message.expiresAt,
      finished_at: null,
    })
    .execute();
}

/** A row that is due, as it was seen. */
export type Due = {
  readonly id: string;
  readonly teamId: string | null;
  readonly attempts: number;
  readonly dueAt: EpochMs;
};

/** What has been due longest and is still worth telling. `except`: teams whose turn it is not. */
export async function findDue(
  db: Db,
  wanted: { channel: Channel; now: EpochMs; except: readonly string[] },
): Promise<Due | undefined> {
  return await db
    .selectFrom("outbox")
    .select(["id", "team_id as teamId", "attempts", "due_at as dueAt"])
    .where("state", "=", "waiting")
    .where("channel", "=", wanted.channel)
    .where("due_at", "<=", wanted.now)
    .where("expires_at", ">", wanted.now)
    .$if(wanted.except.length > 0, (query) => query.where("team_id", "not in", wanted.except))
    .orderBy("due_at")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
}

/**
 * Takes it up: it is the caller's until `leaseUntil`. Of several who saw it, in whatever process, one gets it, because the row must
 * still be as it was seen.
 */
export async function claim(tx: Tx, seen: Due, leaseUntil: EpochMs): Promise<Waiting | undefined> {
  const row = await tx
    .updateTable("outbox")
    .set({ attempts: seen.attempts + 1, due_at: leaseUntil })
    .where("id", "=", seen.id)
    .where("state", "=", "waiting")
    .where("attempts", "=", seen.attempts)
    .where("due_at", "=", seen.dueAt)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : toWaiting(row);
}

const toWaiting = (row: Row<"outbox">): Waiting => ({
  id: row.id,
  kind: row.kind,
  teamId: row.team_id,
  recipient: row.recipient,
  body: row.body ?? new Uint8Array(),
  attempts: row.attempts,
  expiresAt: row.expires_at,
});

/**
 * Writes down what became of an attempt, unless somebody else has taken the row up since: the count of attempts tells. What is
 * finished loses its body.
 */
export async function settle(
  tx: Tx,
  row: { readonly id: string; readonly attempts: number },
  verdict: Verdict,
  now: EpochMs,
): Promise<void> {
  const change =
    verdict.state === "waiting"
      ? { due_at: verdict.dueAt, last_error: verdict.error }
      : {
          state: verdict.state,
          last_error: verdict.state === "sent" ? null : verdict.error,
          body: null,
          finished_at: now,
        };
  await tx.updateTable("outbox").set(change).where("id", "=", row.id).where("attempts", "=", row.attempts).execute();
}

/** Gives up what is not worth telling any more, with its body, whether or not anybody ever tried. */
export async function expireMessages(tx: Tx, now: EpochMs): Promise<void> {
  await tx
    .updateTable("outbox")
    .set({ state: "expired", body: null, finished_at: now })
    .where("state", "=", "waiting")
    .where("expires_at", "<=", now)
    .execute();
}

/** Forgets what was finished before this instant. */
export async function forgetMessages(tx: Tx, before: EpochMs): Promise<void> {
  await tx.deleteFrom("outbox").where("finished_at", "<", before).execute();
}

/** Takes back everything that a team's webhook has not been told yet. */
export async function dropWaitingEvents(tx: Tx, teamId: string): Promise<void> {
  await tx
    .deleteFrom("outbox")
    .where("team_id", "=", teamId)
    .where("channel", "=", "webhook")
    .where("state", "=", "waiting")
    .execute();
}

/** What became of a team's events, newest first. */
export async function listDeliveries(db: Db, teamId: string, limit: number): Promise<Delivery[]> {
  const rows = await db
    .selectFrom("outbox")
    .selectAll()
    .where("team_id", "=", teamId)
    .where("channel", "=", "webhook")
    .orderBy("created_at", "desc")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(toDelivery);
}

export async function findDelivery(tx: Tx, id: string): Promise<Delivery> {
  return toDelivery(await tx.selectFrom("outbox").selectAll().where("id", "=", id).executeTakeFirstOrThrow());
}

const toDelivery = (row: Row<"outbox">): Delivery => ({
  id: row.id,
  event: row.kind,
  state: row.state,
  attempts: row.attempts,
  lastError: row.last_error,
  createdAt: row.created_at,
  nextAttemptAt: row.state === "waiting" ? row.due_at : null,
  finishedAt: row.finished_at,
});
