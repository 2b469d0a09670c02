import type { Tx } from "../../store/transaction.ts";
import { type ChainedEntry, GENESIS, type Position } from "../model/entries.ts";

const bytes = (hex: string): Uint8Array => Buffer.from(hex, "hex");
const hex = (blob: Uint8Array): string => Buffer.from(blob).toString("hex");

/** Where the team's chain ends; before its first entry if it has none. */
export async function findEnd(tx: Tx, teamId: string): Promise<Position> {
  const head = await tx
    .selectFrom("audit_heads")
    .select(["seq", "hash"])
    .where("team_id", "=", teamId)
    .executeTakeFirst();
  return head === undefined ? GENESIS : { seq: head.seq, hash: hex(head.hash) };
}

/** Appends an entry that was chained to the end; the unique key makes two writers of one number impossible. */
export async function appendEntry(tx: Tx, entry: ChainedEntry): Promise<void> {
  const { teamId, seq } = entry;
  const hash = bytes(entry.hash);
  await tx
    .insertInto("audit_entries")
    .values({
      team_id: teamId,
      seq,
      at: entry.at,
      actor_id: entry.actorId,
      actor_kind: entry.actorKind,
      actor_name: entry.actorName,
      credential_kind: entry.credentialKind,
      credential_id: entry.credentialId,
      verb: entry.verb,
      target_kind: entry.targetKind,
      target_id: entry.targetId,
      outcome: entry.outcome,
      address: entry.address,
      user_agent: entry.userAgent,
      request_id: entry.requestId,
      details: entry.details,
      previous_hash: bytes(entry.previousHash),
      hash,
    })
    .execute();
  await tx
    .insertInto("audit_heads")
    .values({
      team_id: teamId,
      seq,
      hash,
      anchor_seq: GENESIS.seq,
      anchor_hash: bytes(GENESIS.hash),
      checkpoint_seq: 0,
    })
    .onConflict((conflict) => conflict.column("team_id").doUpdateSet({ seq, hash }))
    .execute();
}
