import type { Clock, EpochMs } from "../../kernel/clock.ts";
import type { Activity } from "../../store/activity/activity.ts";
import type { Caller } from "../model/callers.ts";
import { type EntityKey, pathOf } from "../model/names.ts";
import { MOST_TOUCHES, TOUCHES_KEPT_MS, type Touch, type TouchKind } from "../model/touches.ts";
import { forgetTouchesBefore, prepareTouches, writeTouches } from "../queries/touches.ts";

/** From here on what has gathered is written without waiting for the time to come. */
const MOST_GATHERED = 5_000;

type Tally = { readonly kind: TouchKind; readonly path: string; lastAt: EpochMs; count: number };

/**
 * Which functions each access key was used for: what a team looks at before it removes somebody. Gathered in memory and written
 * behind; never on the path of a request.
 */
export function createTouches({ activity, clock }: { activity: Activity; clock: Clock }) {
  const written = prepareTouches(activity);
  let byKey = new Map<string, Map<string, Tally>>();
  let gathered = 0;

  const write = (): void => {
    const taken = byKey;
    byKey = new Map();
    gathered = 0;
    for (const [keyId, tallies] of taken) writeTouches(activity, keyId, [...tallies.values()], MOST_TOUCHES);
  };

  const talliesOf = (keyId: string): Map<string, Tally> => {
    const known = byKey.get(keyId);
    if (known !== undefined) return known;
    const fresh = new Map<string, Tally>();
    byKey.set(keyId, fresh);
    return fresh;
  };

  return {
    /** Notes what was done to a function. Whoever has no access key is not noted. */
    note(caller: Caller, kind: TouchKind, key: EntityKey): void {
      if (caller.credentialKind !== "access_key") return;
      const tallies = talliesOf(caller.credentialId);
      const path = pathOf(key);
      const name = `${kind} ${path}`;
      const tally = tallies.get(name);
      const lastAt = clock.now();
      if (tally === undefined) {
        tallies.set(name, { kind, path, lastAt, count: 1 });
        gathered += 1;
        if (gathered >= MOST_GATHERED) write();
      } else {
        tally.lastAt = lastAt;
        tally.count += 1;
      }
    },

    /** Hands what has been gathered to the writer. */
    write,

    /** What each of these keys has touched since `since`, the latest first, what is still unwritten included. */
    async of(keyIds: readonly string[], since: EpochMs): Promise<ReadonlyMap<string, readonly Touch[]>> {
      write();
      await activity.flush();
      return written(keyIds, since);
    },

    /** Forgets what lies too far back. */
    forgetOld(): void {
      write();
      forgetTouchesBefore(activity, clock.now() - TOUCHES_KEPT_MS);
    },
  };
}

export type Touches = ReturnType<typeof createTouches>;
