import type { EpochMs } from "../kernel/clock.ts";
import type { CommittedReader } from "./committed-reader.ts";
import type { Tx } from "./transaction.ts";

/** What may end or narrow somebody's access, or make a copy of a stored thing stale. */
export type ChangeKind =
  | "access_key"
  | "membership"
  | "namespace"
  | "api_token"
  | "session"
  | "function"
  | "schedule"
  | "policy"
  | "cutoff";
export type Change = {
  readonly seq: number;
  readonly kind: ChangeKind;
  readonly targetId: string;
  readonly at: EpochMs;
};

/** Appends to the change feed within the transaction that makes the change. Returns its sequence number. */
export async function appendChange(
  tx: Tx,
  change: { kind: ChangeKind; targetId: string; at: EpochMs },
): Promise<number> {
  const { last_seq: seq } = await tx
    .updateTable("change_counter")
    .set((eb) => ({ last_seq: eb("last_seq", "+", 1) }))
    .where("id", "=", 1)
    .returning("last_seq")
    .executeTakeFirstOrThrow();
  await tx
    .insertInto("changes")
    .values({ seq, kind: change.kind, target_id: change.targetId, at: change.at })
    .execute();
  return seq;
}

/** Follows the committed feed from where it stands now. */
export function followChanges(committed: CommittedReader) {
  const after = committed.prepare<Change>(
    "SELECT seq, kind, target_id AS targetId, at FROM changes WHERE seq > ? ORDER BY seq",
  );
  const last = committed.prepare<{ seq: number }>("SELECT last_seq AS seq FROM change_counter WHERE id = 1");
  let position = last.get()?.seq ?? 0;
  let version = committed.version();
  let foreignVersion = committed.foreignVersion();

  return {
    /**
     * What has been committed since the last call. Costs one pragma while nothing has. `"unexplained"`: another process wrote.
     * It may have used the feed or not (somebody else's tool), and one change without a word could hide behind another's, so
     * nothing kept may be trusted. Throws what reading throws, and then has told nothing: the next call tells it.
     */
    news(): readonly Change[] | "unexplained" {
      const present = committed.version();
      if (present === version) return [];
      const changes = after.all(position);
      const presentForeign = committed.foreignVersion();
      const isForeign = presentForeign !== foreignVersion;
      position = changes.at(-1)?.seq ?? position;
      foreignVersion = presentForeign;
      version = present;
      return isForeign ? "unexplained" : changes;
    },
  };
}

export type ChangeFollower = ReturnType<typeof followChanges>;
