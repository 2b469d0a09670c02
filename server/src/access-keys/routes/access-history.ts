import { type CallerThenShape, getAccessHistory } from "@latchkey/contract/access-history";
import { type BoundRoute, implement } from "../../http/call.ts";
import type { TeamPrincipal } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import type { CallerThen } from "../model-history.ts";
import type { AccessHistory } from "../service/history.ts";

const shape = ({ owner, role, key, grants, networks, until }: CallerThen): CallerThenShape => ({
  owner,
  role,
  access_key: key,
  grants: [...grants],
  allowed_networks: networks === null ? null : [...networks],
  until: until === null ? null : toTimestamp(until),
});
/** A moment of the log is one of its milliseconds. */
const toMoment = (at: EpochMs): string => new Date(at).toISOString();

/** Who could call, at any time. */
export function accessHistoryRoutes({ history }: { history: AccessHistory }): BoundRoute[] {
  return [
    implement<TeamPrincipal, typeof getAccessHistory>(getAccessHistory, async ({ caller, params, query }) => {
      const asked = { at: query.at ?? null, comparedTo: query.compared_to ?? null };
      const { namespaceId, at, callers, difference } = await history.accessAt(caller, params.namespace_id, asked);
      return {
        status: 200,
        body: {
          namespace_id: namespaceId,
          at: toMoment(at),
          callers: callers.map(shape),
          difference: difference && {
            compared_to: toMoment(difference.comparedTo),
            gained: difference.gained.map(shape),
            lost: difference.lost.map(shape),
            changed: difference.changed.map(({ before, after }) => ({ before: shape(before), after: shape(after) })),
          },
        },
      };
    }),
  ];
}
