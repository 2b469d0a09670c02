import type { ActivationShape } from "@latchkey/contract/openwhisk/activations";

/** The longest a function may run, in milliseconds: a record can appear that much later than newer ones. */
const LONGEST_RUN_MS = 15 * 60 * 1000;

/**
 * Tells new records from those seen before. Records appear when activations end but are listed by when they started, so the newest start
 * is no mark to go on from: a function that ran for long would be passed over.
 */
export function createFollower(alreadyThere: readonly ActivationShape[]) {
  const seen = new Map(alreadyThere.map(({ activationId, start }) => [activationId, start]));

  const newestStart = () => Math.max(0, ...seen.values());
  return {
    /** From when to ask again, in epoch milliseconds by the server's clock. */
    since: (): number => Math.max(0, newestStart() - LONGEST_RUN_MS),
    /** The records that are new, oldest first. */
    take(records: readonly ActivationShape[]): ActivationShape[] {
      const fresh = records.filter(({ activationId }) => !seen.has(activationId)).toReversed();
      for (const { activationId, start } of fresh) seen.set(activationId, start);
      const oldest = newestStart() - LONGEST_RUN_MS;
      for (const [activationId, start] of seen) if (start < oldest) seen.delete(activationId);
      return fresh;
    },
  };
}
