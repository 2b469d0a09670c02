import { getMember, listMembers, type MemberShape, removeMember, setMemberRole } from "@latchkey/contract/members";
import { type BoundRoute, implement } from "../../http/call.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import type { TeamPrincipal } from "../model.ts";
import type { Identity } from "../service/identity.ts";
import type { ListedMember } from "../service/members.ts";

const shape = ({ user, email, role, joinedAt, restorableKeys }: ListedMember): MemberShape => ({
  id: user.id,
  name: user.name,
  email,
  role,
  joined_at: toTimestamp(joinedAt),
  restorable_keys: restorableKeys,
});

export function memberRoutes({ identity: { members } }: { identity: Identity }): BoundRoute[] {
  return [
    implement<TeamPrincipal, typeof listMembers>(listMembers, async ({ caller }) => ({
      status: 200,
      body: { members: (await members.list(caller)).map(shape) },
    })),
    implement<TeamPrincipal, typeof getMember>(getMember, async ({ caller, params }) => ({
      status: 200,
      body: { member: shape(await members.get(caller, params.member_id)) },
    })),
    implement<TeamPrincipal, typeof setMemberRole>(setMemberRole, async (call) => {
      const { id } = (await members.get(call.caller, call.params.member_id)).user;
      await members.setRole({ caller: call.caller, origin: call }, id, call.body().role);
      return { status: 200, body: { member: shape(await members.get(call.caller, id)) } };
    }),
    implement<TeamPrincipal, typeof removeMember>(removeMember, async (call) => {
      await members.remove({ caller: call.caller, origin: call }, call.params.member_id);
      return { status: 204 };
    }),
  ];
}
