import type { BoundRoute } from "../../http/call.ts";

/** The same route under another path. */
export const alsoAt = (bound: BoundRoute, path: string): BoundRoute => ({ ...bound, route: { ...bound.route, path } });

/** Collections answer with and without a slash at the end (openwhisk-api 1.1). */
export const collection = (bound: BoundRoute): BoundRoute[] => [bound, alsoAt(bound, `${bound.route.path}/`)];

/** A count as clients get it: of the entries that `skip` leaves. */
export const countAfter = (skip: number, total: number): number => Math.max(0, total - skip);
