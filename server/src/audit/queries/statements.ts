import type { CommittedReader } from "../../store/committed-reader.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { Position } from "../model/entries.ts";
import type { Statement } from "../model/statements.ts";

/** Whether anything was ever signed. */
export const hasStatements = (committed: CommittedReader): boolean =>
  committed.prepare("SELECT 1 FROM audit_checkpoints LIMIT 1").get() !== undefined;

/** The teams whose chain has gone on since it was last signed. */
export async function listTeamsAhead(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("audit_heads")
    .select("team_id")
    .whereRef("seq", ">", "checkpoint_seq")
    .limit(limit)
    .execute();
  return rows.map((row) => row.team_id);
}

/** Adds what was signed, and remembers in the head that it is there. */
export async function insertStatement(tx: Tx, statement: Statement): Promise<void> {
  const { teamId, seq, kind, hash, at, keyId, signature } = statement;
  await tx
    .insertInto("audit_checkpoints")
    .values({
      team_id: teamId,
      seq,
      kind,
      hash: Buffer.from(hash, "hex"),
      at,
      key_id: keyId,
      signature: Buffer.from(signature, "hex"),
    })
    .execute();
  if (kind === "checkpoint")
    await tx.updateTable("audit_heads").set({ checkpoint_seq: seq }).where("team_id", "=", teamId).execute();
}

/** Deletes the entries up to this one with all that was signed of them; the chain begins after it from now on. */
export async function deleteUpTo(tx: Tx, teamId: string, anchor: Position): Promise<void> {
  await tx.deleteFrom("audit_entries").where("team_id", "=", teamId).where("seq", "<=", anchor.seq).execute();
  await tx.deleteFrom("audit_checkpoints").where("team_id", "=", teamId).where("seq", "<=", anchor.seq).execute();
  await tx
    .updateTable("audit_heads")
    .set({ anchor_seq: anchor.seq, anchor_hash: Buffer.from(anchor.hash, "hex") })
    .where("team_id", "=", teamId)
    .execute();
}

/** Whether the team's newest checkpoint is of this entry. */
export async function isSignedUpTo(tx: Tx, teamId: string, seq: number): Promise<boolean> {
  const head = await tx
    .selectFrom("audit_heads")
    .select("checkpoint_seq")
    .where("team_id", "=", teamId)
    .executeTakeFirst();
  return (head?.checkpoint_seq ?? 0) === seq;
}

/** The teams that have a log. */
export async function listTeams(db: Db): Promise<string[]> {
  const rows = await db.selectFrom("audit_heads").select("team_id").execute();
  return rows.map((row) => row.team_id);
}
