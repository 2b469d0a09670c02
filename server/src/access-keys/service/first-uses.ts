import type { Activity } from "../../store/activity/activity.ts";
import type { AccessKeyId } from "../model.ts";
import { teamOfKey } from "../queries/keys.ts";
import { prepareKnownAddresses, RECORD_ADDRESS } from "../queries/uses.ts";
import type { UsedFrom } from "../uses.ts";
import type { Ground } from "./ground.ts";

/** Keys whose addresses are remembered, so that those in daily use cost no look-up. */
const MOST_REMEMBERED = 10_000;
/** Keys whose addresses are read at one time: a few milliseconds. Others are noticed at their next use. */
const MOST_READ = 1_000;
/** Entries in one transaction; the rest wait for the next time. */
const MOST_AT_ONCE = 100;
/** Keys that wait, at most. Whoever is left out is noticed at their next use. */
const MOST_WAITING = 10_000;
/** A key that is used from more addresses than this is used from anywhere: one more says nothing. */
const MOST_KNOWN = 1_000;

/** Notices when a key is used from an address for the first time: a stolen one shows itself that way. Never on a request's path. */
export function createFirstUses(ground: Ground & { activity: Activity }) {
  const { store, clock, audit, activity } = ground;
  const readKnown = prepareKnownAddresses(activity);
  let remembered = new Map<AccessKeyId, Set<string>>();
  const waiting = new Map<AccessKeyId, Set<string>>();

  /** Reads what is known of keys that have not been seen for a while. */
  const remember = (ids: readonly AccessKeyId[]): void => {
    if (remembered.size > MOST_REMEMBERED) remembered = new Map();
    for (const id of ids) remembered.set(id, new Set());
    for (const { id, address } of readKnown(ids)) remembered.get(id)?.add(address);
  };

  const freshOf = ({ id, addresses }: UsedFrom): string[] => {
    const known = remembered.get(id);
    if (known === undefined || known.size >= MOST_KNOWN) return [];
    return addresses.filter((address) => !known.has(address));
  };

  const record = async (batch: readonly UsedFrom[]): Promise<void> => {
    await store.transaction(async (tx) => {
      for (const { id, addresses } of batch) {
        const teamId = await teamOfKey(tx, id);
        if (teamId === undefined) continue;
        const credential = { kind: "access_key", id } as const;
        await audit.record(tx, {
          teamId,
          actor: { id: null, kind: "system", name: "authentication", credential },
          verb: "access_key.first_use",
          target: { kind: "access_key", id },
          origin: null,
          details: { addresses },
        });
      }
    });
    // After the entries: what is told twice is better than what is not told.
    for (const { id, addresses } of batch) {
      for (const address of addresses) {
        remembered.get(id)?.add(address);
        activity.write(RECORD_ADDRESS, [id, address, clock.now()]);
      }
    }
  };

  return {
    /** Notes from where keys were used, and tells of a part of what is new. */
    async tellOfFirstUses(usedFrom: readonly UsedFrom[]): Promise<void> {
      const unread = usedFrom.filter(({ id }) => !remembered.has(id)).slice(0, MOST_READ);
      remember(unread.map(({ id }) => id));
      for (const used of usedFrom) {
        const fresh = freshOf(used);
        const before = waiting.get(used.id);
        if (fresh.length === 0 || (before === undefined && waiting.size >= MOST_WAITING)) continue;
        waiting.set(used.id, new Set([...(before ?? []), ...fresh]));
      }
      const batch = [...waiting].slice(0, MOST_AT_ONCE).map(([id, addresses]) => ({ id, addresses: [...addresses] }));
      if (batch.length === 0) return;
      await record(batch);
      for (const { id } of batch) waiting.delete(id);
    },
  };
}
