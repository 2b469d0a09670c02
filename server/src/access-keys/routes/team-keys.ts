import {
  restoreMemberKeys,
  revokeMemberKeys,
  revokeNamespaceKeys,
  revokeTeamKeys,
} from "@latchkey/contract/access-key-life-cycle";
import type { RouteAnswer } from "@latchkey/contract/route";
import type { Origin } from "../../audit/index.ts";
import { type BoundRoute, implement } from "../../http/call.ts";
import type { TeamPrincipal } from "../../identity/index.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import type { AccessKeys } from "../service/access-keys.ts";
import type { RevokeAllOf } from "../service/revoke-all.ts";
import type { Shapes } from "./shapes.ts";

/** Many keys at once: the end of all of them, and the return of those that a removal took. */
export function teamKeyRoutes(deps: { accessKeys: AccessKeys; shapes: Shapes }): BoundRoute[] {
  const { accessKeys, shapes } = deps;

  const revokeAll = async (
    caller: TeamPrincipal,
    origin: Origin,
    of: RevokeAllOf,
    isDryRun: boolean,
  ): Promise<RouteAnswer<typeof revokeTeamKeys>> => {
    if (isDryRun) {
      const { count, keys, uses } = await accessKeys.previewRevokeAll(caller, of);
      return { status: 200, body: { dry_run: true, count, access_keys: await shapes.inTeam(keys, uses) } };
    }
    const { at } = await accessKeys.revokeAll({ caller, origin }, of);
    return { status: 200, body: { dry_run: false, revoked_at: toTimestamp(at) } };
  };

  return [
    implement<TeamPrincipal, typeof revokeTeamKeys>(revokeTeamKeys, (call) =>
      revokeAll(call.caller, call, { kind: "team" }, call.body().dry_run),
    ),

    implement<TeamPrincipal, typeof revokeNamespaceKeys>(revokeNamespaceKeys, (call) =>
      revokeAll(call.caller, call, { kind: "namespace", id: call.params.namespace_id }, call.body().dry_run),
    ),

    implement<TeamPrincipal, typeof revokeMemberKeys>(revokeMemberKeys, (call) =>
      revokeAll(call.caller, call, { kind: "user", id: call.params.member_id }, call.body().dry_run),
    ),

    implement<TeamPrincipal, typeof restoreMemberKeys>(restoreMemberKeys, async (call) => {
      const { caller, params } = call;
      const { keys, leftOut } = call.body().dry_run
        ? await accessKeys.previewRestore({ caller }, params.member_id)
        : await accessKeys.restore({ caller, origin: call }, params.member_id);
      const access_keys = await shapes.inTeam(keys, await accessKeys.lastUses(keys));
      return { status: 200, body: { access_keys, count: keys.length, left_out: leftOut } };
    }),
  ];
}
