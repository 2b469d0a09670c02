import type { Db, Tx } from "../../store/transaction.ts";
import type { WebhookEvent } from "../model/events.ts";
import type { Webhook } from "../model/webhook.ts";

export async function findWebhook(db: Db | Tx, teamId: string): Promise<Webhook | undefined> {
  const row = await db.selectFrom("webhooks").selectAll().where("team_id", "=", teamId).executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    teamId: row.team_id,
    url: row.url,
    events: JSON.parse(row.events) as WebhookEvent[],
    sealedSecret: row.secret,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Writes it, over the one there was. */
export async function putWebhook(tx: Tx, webhook: Webhook): Promise<void> {
  const values = {
    url: webhook.url,
    events: JSON.stringify(webhook.events),
    secret: webhook.sealedSecret,
    updated_at: webhook.updatedAt,
  };
  await tx
    .insertInto("webhooks")
    .values({ ...values, team_id: webhook.teamId, created_at: webhook.createdAt })
    .onConflict((conflict) => conflict.column("team_id").doUpdateSet(values))
    .execute();
}

export async function deleteWebhook(tx: Tx, teamId: string): Promise<void> {
  await tx.deleteFrom("webhooks").where("team_id", "=", teamId).execute();
}
