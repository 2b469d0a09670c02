import type { EpochMs } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { NamespaceId } from "../../namespaces/index.ts";
import type { Activity } from "../../store/activity/activity.ts";
import { functionErrors } from "../errors.ts";
import { type ActivationSight, isInSight } from "../model/access.ts";
import {
  type Activation,
  type ActivationFilter,
  type ActivationId,
  type ActivationSummary,
  type ActivationWithLogs,
  idsBefore,
  passes,
} from "../model/activations.ts";
import { forgetActivationsBefore, prepareActivationReads, writeActivation } from "../queries/activations.ts";

/** Finished, and not yet known to be on disk. */
type Unsettled = {
  readonly activation: Activation;
  readonly logs: Promise<readonly string[]>;
  readonly recorded: () => void;
  bytes: number;
};

export type Listing = {
  readonly namespaceId: NamespaceId;
  readonly filter: ActivationFilter;
  readonly sight: ActivationSight;
};
type Page = { readonly skip: number; readonly limit: number };

/** From here on, new invocations wait for the disk. */
const BYTES_TO_WAIT_FOR = 32 * 1_048_576;
/** From here on they are refused: what cannot be recorded must not happen. */
const BYTES_MAX = 2 * BYTES_TO_WAIT_FOR;
const RETRY_MS = 1000;
/** What a record takes in memory beside its result and logs. */
const RECORD_BYTES = 1024;

/**
 * The record of what ran. Finished activations are written behind, in groups; until then they are kept here, so that whoever
 * asks finds them at once. A record that could not be written is tried again until the server stops.
 */
export function createJournal(deps: { activity: Activity; log: Log }) {
  const { activity, log } = deps;
  const written = prepareActivationReads(activity);
  const unsettled = new Map<ActivationId, Unsettled>();
  let unsettledBytes = 0;
  let onSettled: (() => void)[] = [];
  let closing = false;

  const settle = (entry: Unsettled): void => {
    unsettled.delete(entry.activation.id);
    unsettledBytes -= entry.bytes;
    if (onSettled.length === 0) return;
    const wake = onSettled;
    onSettled = [];
    for (const resolve of wake) resolve();
  };

  const write = (entry: Unsettled, record: ActivationWithLogs): void =>
    writeActivation(activity, record, (committed) => {
      if (committed) {
        settle(entry);
        entry.recorded();
      } else if (closing) lose(entry, "the disk refused it");
      else setTimeout(() => write(entry, record), RETRY_MS).unref();
    });

  const lose = (entry: Unsettled, reason: unknown): void => {
    log.error({ activationId: entry.activation.id, error: reason }, "the record of an activation is lost");
    settle(entry);
  };

  const finish = async (entry: Unsettled): Promise<void> => {
    const logs = await entry.logs;
    const bytes = logs.reduce((sum, line) => sum + line.length, 0);
    entry.bytes += bytes;
    unsettledBytes += bytes;
    write(entry, { ...entry.activation, logs });
  };

  const matching = ({ namespaceId, filter, sight }: Listing): Activation[] => {
    const found: Activation[] = [];
    for (const { activation } of unsettled.values()) {
      if (activation.namespaceId !== namespaceId || !passes(filter, activation)) continue;
      if (isInSight(sight, activation)) found.push(activation);
    }
    return found;
  };

  /**
   * A page of what is written and what is not yet, as one list. What may or may not be written by the time of reading is left
   * out there, and taken from here. Each such record pushes the written ones back by at most one place, so the page lies within
   * what is read.
   */
  const merged = async <Item extends ActivationSummary>(
    fresh: readonly Item[],
    page: Page,
    read: (except: readonly ActivationId[], page: Page) => Promise<Item[]>,
  ): Promise<Item[]> => {
    const skip = Math.max(0, page.skip - fresh.length);
    const rows = await read(
      fresh.map(({ id }) => id),
      { skip, limit: page.limit + page.skip - skip },
    );
    const first = page.skip - skip;
    return [...rows, ...fresh].sort(newestFirst).slice(first, first + page.limit);
  };

  return {
    /** Resolves when there is room for another record. Throws `function.records_behind`. */
    async makeRoom(): Promise<void> {
      if (unsettledBytes < BYTES_TO_WAIT_FOR) return;
      await activity.room();
      if (unsettledBytes >= BYTES_MAX) throw functionErrors.records_behind({ log: { unsettledBytes } });
    },

    /** Whether `makeRoom` would resolve at once, for callers that would rather not wait a turn to hear it. */
    hasRoom: (): boolean => unsettledBytes < BYTES_TO_WAIT_FOR,

    /**
     * Takes in a finished activation; it is to be found from now on, and written once its logs are there. `recorded` hears when it
     * is written, and nothing if it never can be.
     */
    add(activation: Activation, logs: Promise<readonly string[]>, recorded = (): void => {}): void {
      const entry = { activation, logs, recorded, bytes: RECORD_BYTES + activation.resultBytes };
      unsettled.set(activation.id, entry);
      unsettledBytes += entry.bytes;
      finish(entry).catch((error: unknown) => lose(entry, error));
    },

    async find(namespaceId: NamespaceId, id: ActivationId): Promise<ActivationWithLogs | undefined> {
      const entry = unsettled.get(id);
      if (entry === undefined) return written.find(namespaceId, id);
      if (entry.activation.namespaceId !== namespaceId) return undefined;
      return { ...entry.activation, logs: await entry.logs };
    },

    summaries: (listing: Listing, page: Page): Promise<ActivationSummary[]> =>
      merged<ActivationSummary>(matching(listing), page, (except, wider) =>
        written.summaries({ ...listing, except }, wider),
      ),

    /** Whole records; waits for logs that are still on their way. */
    async whole(listing: Listing, page: Page): Promise<ActivationWithLogs[]> {
      const fresh = matching(listing).map(async (activation) => ({
        ...activation,
        logs: (await unsettled.get(activation.id)?.logs) ?? [],
      }));
      return merged(await Promise.all(fresh), page, (except, wider) => written.whole({ ...listing, except }, wider));
    },

    async count(listing: Listing): Promise<number> {
      const fresh = matching(listing).map(({ id }) => id);
      return fresh.length + (await written.count({ ...listing, except: fresh }));
    },

    /** Deletes what ended before `instant`, in batches small enough that new records can be written between them. */
    async forgetBefore(instant: EpochMs): Promise<void> {
      const id = idsBefore(instant);
      while (written.hasOlderThan(id)) await forgetActivationsBefore(activity, id);
    },

    /**
     * Resolves when everything added so far is on disk. For shutting down: what cannot be written now is not tried for ever.
     */
    async close(): Promise<void> {
      closing = true;
      while (unsettled.size > 0) await new Promise<void>((resolve) => onSettled.push(resolve));
    },
  };
}

export type Journal = ReturnType<typeof createJournal>;

const newestFirst = (a: ActivationSummary, b: ActivationSummary): number =>
  b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1);
