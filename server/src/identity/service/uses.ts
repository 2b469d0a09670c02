import type { EpochMs } from "../../kernel/clock.ts";
import type { Activity } from "../../store/activity/activity.ts";
import { FORGET_USE, prepareLastUses, RECORD_USE } from "../queries/uses.ts";

/** When tokens and sessions were last used: gathered in memory and written behind, never on the path of a request. */
export function createUses(activity: Activity) {
  const lastUses = prepareLastUses(activity);
  let gathered = new Map<string, EpochMs>();

  const write = (): void => {
    const uses = gathered;
    gathered = new Map();
    for (const [id, at] of uses) activity.write(RECORD_USE, [id, at]);
  };

  return {
    note: (credentialId: string, at: EpochMs): void => void gathered.set(credentialId, at),

    /** Hands what has been gathered to the writer. */
    write,

    /** The last use of each, what is still unwritten included. */
    async last(ids: readonly string[]): Promise<ReadonlyMap<string, EpochMs>> {
      write();
      await activity.flush();
      return lastUses(ids);
    },

    /** Forgets what is gone. */
    forget(ids: readonly string[]): void {
      for (const id of ids) {
        gathered.delete(id);
        activity.write(FORGET_USE, [id]);
      }
    },
  };
}

export type Uses = ReturnType<typeof createUses>;
