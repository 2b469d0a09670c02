import type { Clock } from "../../kernel/clock.ts";
import { functionErrors } from "../errors.ts";
import type { FunctionLimits } from "../model/limits.ts";

const MINUTE_MS = 60_000;

type Standing = { minute: number; inMinute: number; inFlight: number };

/**
 * Bounds the invocations of each namespace: per minute of the wall clock, and at one time (openwhisk-api 1.5). What is refused
 * counts for the minute too, as it does in OpenWhisk.
 */
export function createThrottle(deps: {
  clock: Clock;
  limits: Pick<FunctionLimits, "invocationsPerMinute" | "concurrentInvocations">;
}) {
  const { invocationsPerMinute, concurrentInvocations } = deps.limits;
  const standings = new Map<string, Standing>();
  let sweptMinute = 0;

  const sweep = (minute: number): void => {
    if (minute === sweptMinute) return;
    sweptMinute = minute;
    for (const [namespaceId, { inFlight }] of standings) if (inFlight === 0) standings.delete(namespaceId);
  };

  const standingOf = (namespaceId: string): Standing => {
    const minute = Math.floor(deps.clock.now() / MINUTE_MS);
    sweep(minute);
    const known = standings.get(namespaceId);
    if (known === undefined) {
      const fresh = { minute, inMinute: 0, inFlight: 0 };
      standings.set(namespaceId, fresh);
      return fresh;
    }
    if (known.minute !== minute) Object.assign(known, { minute, inMinute: 0 });
    return known;
  };

  return {
    /** Counts an invocation in, or throws `function.too_many_*`. The answer counts it out again; to be called once. */
    enter(namespaceId: string): () => void {
      const standing = standingOf(namespaceId);
      standing.inMinute += 1;
      if (standing.inMinute > invocationsPerMinute) {
        throw functionErrors.too_many_per_minute({
          says: `Too many requests in the last minute (count: ${standing.inMinute}, allowed: ${invocationsPerMinute}).`,
        });
      }
      if (standing.inFlight >= concurrentInvocations) {
        throw functionErrors.too_many_in_flight({
          says: `Too many concurrent requests in flight (count: ${standing.inFlight}, allowed: ${concurrentInvocations}).`,
        });
      }
      standing.inFlight += 1;
      return () => {
        standing.inFlight -= 1;
      };
    },
  };
}

export type Throttle = ReturnType<typeof createThrottle>;
