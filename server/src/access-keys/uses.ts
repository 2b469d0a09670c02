import type { EpochMs } from "../kernel/clock.ts";
import type { Activity } from "../store/activity/activity.ts";
import type { AccessKeyId, KeyUse } from "./model.ts";
import { prepareLastUses, RECORD_USE } from "./queries.ts";

type Tally = { lastUsedAt: EpochMs; lastAddress: string; count: number };

/** Gathers uses in memory and writes them behind in batches: never on the path of a request. */
export function createUses(activity: Activity) {
  const lastUses = prepareLastUses(activity);
  let tallies = new Map<AccessKeyId, Tally>();

  return {
    note(id: AccessKeyId, at: EpochMs, address: string): void {
      const tally = tallies.get(id);
      if (tally === undefined) tallies.set(id, { lastUsedAt: at, lastAddress: address, count: 1 });
      else {
        tally.lastUsedAt = at;
        tally.lastAddress = address;
        tally.count += 1;
      }
    },

    /** Hands what has been gathered to the writer. */
    write(): void {
      const gathered = tallies;
      tallies = new Map();
      for (const [id, { lastUsedAt, lastAddress, count }] of gathered)
        activity.write(RECORD_USE, [id, lastUsedAt, lastAddress, count]);
    },

    /** The last use of each key, what is still unwritten included. */
    async last(ids: readonly AccessKeyId[]): Promise<ReadonlyMap<AccessKeyId, KeyUse>> {
      this.write();
      await activity.flush();
      return lastUses(ids);
    },
  };
}

export type Uses = ReturnType<typeof createUses>;
