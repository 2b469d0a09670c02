import type { TeamId } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { AccessKey, CutOffKind } from "../model.ts";
import { listedKeys } from "./keys.ts";
import { toAccessKey } from "./rows.ts";

/** Whose keys are cut off: the team's, or those of one of its namespaces or users. */
export type CutOffTarget = { readonly teamId: TeamId; readonly kind: CutOffKind; readonly id: string };

/** Revokes every key of the target that was issued before `seq`: one row, however many they are. */
export async function insertCutOff(
  tx: Tx,
  { teamId, kind, id }: CutOffTarget,
  seq: number,
  at: EpochMs,
): Promise<void> {
  await tx.insertInto("access_key_cutoffs").values({ team_id: teamId, target_id: id, seq, kind, at }).execute();
}

const concerned = (db: Db | Tx, { teamId, kind, id }: CutOffTarget) => {
  const ofTeam = listedKeys(db).where("n.team_id", "=", teamId);
  if (kind === "namespace") return ofTeam.where("k.namespace_id", "=", id);
  return kind === "user" ? ofTeam.where("k.owner_id", "=", id) : ofTeam;
};

/** The keys that a cut-off would revoke now, newest first, at most `limit` of them. */
export async function listConcerned(db: Db | Tx, target: CutOffTarget, limit: number): Promise<AccessKey[]> {
  const rows = await concerned(db, target).orderBy("k.created_at", "desc").orderBy("k.id").limit(limit).execute();
  return rows.map(toAccessKey);
}

/** How many they are. */
export async function countConcerned(db: Db | Tx, target: CutOffTarget): Promise<number> {
  const { count } = await concerned(db, target)
    .clearSelect()
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}
