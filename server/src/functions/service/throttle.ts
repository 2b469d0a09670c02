import type { Clock } from "../../kernel/clock.ts";
import { functionErrors } from "../errors.ts";
import type { FunctionLimits } from "../model/limits.ts";

const MINUTE_MS = 60_000;

type Standing = { minute: number; inMinute: number; firedInMinute: number; inFlight: number };

/**
 * Bounds the invocations of each namespace: per minute of the wall clock, and at one time (openwhisk-api 1.5). What is refused
 * counts for the minute too, as it does in OpenWhisk.
 */
export function createThrottle(deps: {
  clock: Clock;
  limits: Pick<FunctionLimits, "invocationsPerMinute" | "firesPerMinute" | "concurrentInvocations">;
}) {
  const { invocationsPerMinute, firesPerMinute, concurrentInvocations } = deps.limits;
  const standings = new Map<string, Standing>();
  let sweptMinute = 0;
  let onRoom = (): void => {};

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
      const fresh = { minute, inMinute: 0, firedInMinute: 0, inFlight: 0 };
      standings.set(namespaceId, fresh);
      return fresh;
    }
    if (known.minute !== minute) Object.assign(known, { minute, inMinute: 0, firedInMinute: 0 });
    return known;
  };

  const requireWithin = (count: number, allowed: number): void => {
    if (count <= allowed) return;
    throw functionErrors.too_many_per_minute({
      says: `Too many requests in the last minute (count: ${count}, allowed: ${allowed}).`,
    });
  };

  const take = (standing: Standing): (() => void) => {
    standing.inFlight += 1;
    return () => {
      standing.inFlight -= 1;
      onRoom();
    };
  };

  return {
    /** Counts an invocation in, or throws `function.too_many_*`. The answer counts it out again; to be called once. */
    enter(namespaceId: string): () => void {
      const standing = standingOf(namespaceId);
      standing.inMinute += 1;
      requireWithin(standing.inMinute, invocationsPerMinute);
      if (standing.inFlight >= concurrentInvocations) {
        throw functionErrors.too_many_in_flight({
          says: `Too many concurrent requests in flight (count: ${standing.inFlight}, allowed: ${concurrentInvocations}).`,
        });
      }
      return take(standing);
    },

    /** Counts in what has been accepted before, which only has to wait for its turn: null as long as it is not that. */
    enterAccepted(namespaceId: string): (() => void) | null {
      const standing = standingOf(namespaceId);
      return standing.inFlight >= concurrentInvocations ? null : take(standing);
    },

    /** Counts the firing of a trigger, or throws `function.too_many_per_minute`. What it fires is counted by itself. */
    fire(namespaceId: string): void {
      const standing = standingOf(namespaceId);
      standing.firedInMinute += 1;
      requireWithin(standing.firedInMinute, firesPerMinute);
    },

    /** Calls back whenever a namespace has room for one more. */
    whenRoom(callback: () => void): void {
      onRoom = callback;
    },
  };
}

export type Throttle = ReturnType<typeof createThrottle>;
