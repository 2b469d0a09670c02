import type { Tx } from "../store/transaction.ts";
import type { AuditEntry } from "./model.ts";

/** Appends with the team's next number; the unique key makes two writers of one number impossible. */
export async function insertEntry(tx: Tx, entry: AuditEntry): Promise<void> {
  const last = await tx
    .selectFrom("audit_entries")
    .select((eb) => eb.fn.max("seq").as("seq"))
    .where("team_id", "=", entry.teamId)
    .executeTakeFirst();
  await tx
    .insertInto("audit_entries")
    .values({
      team_id: entry.teamId,
      seq: Number(last?.seq ?? 0) + 1,
      at: entry.at,
      actor_id: entry.actor.id,
      actor_kind: entry.actor.kind,
      actor_name: entry.actor.name,
      credential_kind: entry.actor.credential?.kind ?? null,
      credential_id: entry.actor.credential?.id ?? null,
      verb: entry.verb,
      target_kind: entry.target.kind,
      target_id: entry.target.id,
      outcome: entry.outcome,
      address: entry.origin?.address ?? null,
      user_agent: entry.origin?.userAgent ?? null,
      request_id: entry.origin?.requestId ?? null,
      details: JSON.stringify(entry.details),
      previous_hash: null,
      hash: null,
    })
    .execute();
}
