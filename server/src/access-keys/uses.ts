import type { EpochMs } from "../kernel/clock.ts";
import type { Activity } from "../store/activity/activity.ts";
import type { AccessKeyId, KeyUse } from "./model.ts";
import { prepareLastUses, prepareSecretUses, RECORD_SECRET_USE, RECORD_USE, type SecretUses } from "./queries/uses.ts";

/** How many addresses of a key are told apart between two writings; who comes from more is noticed at the next use. */
const MOST_ADDRESSES = 16;

type Tally = {
  lastUsedAt: EpochMs;
  lastAddress: string;
  count: number;
  readonly addresses: Set<string>;
  /** When each of the key's secrets was last used, by number. */
  readonly secrets: Map<number, EpochMs>;
};

/** From where a key was used. */
export type UsedFrom = { readonly id: AccessKeyId; readonly addresses: readonly string[] };

/** Gathers uses in memory and writes them behind in batches: never on the path of a request. */
export function createUses(activity: Activity) {
  const lastUses = prepareLastUses(activity);
  const secretUses = prepareSecretUses(activity);
  let tallies = new Map<AccessKeyId, Tally>();
  let usedFrom: UsedFrom[] = [];

  /** Hands what has been gathered to the writer. */
  const write = (): void => {
    const gathered = tallies;
    tallies = new Map();
    for (const [id, { lastUsedAt, lastAddress, count, addresses, secrets }] of gathered) {
      activity.write(RECORD_USE, [id, lastUsedAt, lastAddress, count]);
      for (const [number, at] of secrets) activity.write(RECORD_SECRET_USE, [id, number, at]);
      usedFrom.push({ id, addresses: [...addresses] });
    }
  };

  return {
    /** Notes that a key was used, with which of its secrets and from where. */
    note(id: AccessKeyId, secretNumber: number, at: EpochMs, address: string): void {
      let tally = tallies.get(id);
      if (tally === undefined) {
        tally = { lastUsedAt: at, lastAddress: address, count: 0, addresses: new Set(), secrets: new Map() };
        tallies.set(id, tally);
      }
      tally.lastUsedAt = at;
      tally.lastAddress = address;
      tally.count += 1;
      if (tally.addresses.size < MOST_ADDRESSES) tally.addresses.add(address);
      tally.secrets.set(secretNumber, at);
    },

    write,

    /** Takes from where keys were used, as far as it has been handed to the writer. */
    takeUsedFrom(): UsedFrom[] {
      const taken = usedFrom;
      usedFrom = [];
      return taken;
    },

    /** The last use of each key, what is still unwritten included. */
    async last(ids: readonly AccessKeyId[]): Promise<ReadonlyMap<AccessKeyId, KeyUse>> {
      write();
      await activity.flush();
      return lastUses(ids);
    },

    /** The last use of each of the keys' secrets by its number, what is still unwritten included. */
    async lastOfSecrets(ids: readonly AccessKeyId[]): Promise<ReadonlyMap<AccessKeyId, SecretUses>> {
      write();
      await activity.flush();
      return secretUses(ids);
    },
  };
}

export type Uses = ReturnType<typeof createUses>;
