import type { Clock } from "../kernel/clock.ts";
import { sourceOf } from "../kernel/networks.ts";
import { createPaced, type Which } from "../kernel/paced.ts";
import type { Store } from "../store/store.ts";
import type { Actor, Origin } from "./model/entries.ts";
import type { Audit } from "./service.ts";

const ROUTES_KEPT = 10;

/** Something that somebody known was not allowed to do. */
export type Refusal = {
  readonly teamId: string;
  readonly actor: Actor & { readonly credential: NonNullable<Actor["credential"]> };
  readonly origin: Origin;
  /** The contract's id of what was asked. */
  readonly route: string;
  /** The error's code. */
  readonly reason: string;
};

/** `first` is an example of them. */
type Summary = {
  readonly first: Refusal;
  readonly count: number;
  readonly routes: readonly string[];
  readonly reasons: readonly string[];
};

/** What callers were not allowed to do, summed up per credential and address: gathered in memory and written behind. */
export function createRefusals({ store, clock, audit }: { store: Store; clock: Clock; audit: Audit }) {
  const summaries = createPaced<Summary>({ clock, join });
  return {
    note(refusal: Refusal): void {
      const { actor, origin, route, reason } = refusal;
      const source = `${actor.credential.id} ${sourceOf(origin.address)}`;
      summaries.add(source, { first: refusal, count: 1, routes: [route], reasons: [reason] });
    },

    /** One audit entry for each credential and address that was refused something: the less often the longer it goes on. */
    async writeBehind(which: Which = "due"): Promise<void> {
      const taken = summaries.take(which);
      if (taken.length === 0) return;
      try {
        await store.transaction(async (tx) => {
          for (const [, { first, ...details }] of taken) {
            const { teamId, actor, origin } = first;
            const { kind, id } = actor.credential;
            const target = { kind: kind === "token" ? "api_token" : kind, id };
            await audit.record(tx, {
              teamId,
              actor,
              verb: "request.refuse",
              target,
              origin,
              outcome: "refused",
              details,
            });
          }
        });
      } catch (error) {
        summaries.giveBack(taken);
        throw error;
      }
    },
  };
}

const join = (earlier: Summary, later: Summary): Summary => ({
  first: earlier.first,
  count: earlier.count + later.count,
  routes: [...new Set([...earlier.routes, ...later.routes])].slice(0, ROUTES_KEPT),
  reasons: [...new Set([...earlier.reasons, ...later.reasons])].slice(0, ROUTES_KEPT),
});
