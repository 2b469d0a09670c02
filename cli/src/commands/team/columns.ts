import type { InvitationShape } from "@latchkey/contract/invitations";
import type { MemberShape } from "@latchkey/contract/members";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";

export const MEMBER_COLUMNS: readonly Column<MemberShape>[] = [
  { name: "Name", heading: "Name", cell: ({ name }) => name },
  { name: "Email", heading: "Email", cell: ({ email }) => email },
  { name: "Role", heading: "Role", cell: ({ role }) => role },
  { name: "JoinedAt", heading: "Joined At", cell: (member) => readableTimestamp(member.joined_at) },
  {
    name: "RestorableKeys",
    heading: "Restorable Keys",
    cell: ({ restorable_keys: count }) => (count === 0 ? "" : String(count)),
  },
  { name: "ID", heading: "ID", cell: ({ id }) => id, hidden: true },
];

export const INVITATION_COLUMNS: readonly Column<InvitationShape>[] = [
  { name: "Email", heading: "Email", cell: ({ email }) => email },
  { name: "Role", heading: "Role", cell: ({ role }) => role },
  { name: "InvitedBy", heading: "Invited By", cell: (invitation) => invitation.invited_by.name },
  { name: "ExpiresAt", heading: "Expires At", cell: (invitation) => readableTimestamp(invitation.expires_at) },
  { name: "ID", heading: "ID", cell: ({ id }) => id, hidden: true },
];

export const SENT_COLUMNS: readonly Column<InvitationShape & { readonly link: string | null }>[] = [
  ...INVITATION_COLUMNS.slice(0, 2),
  { name: "ExpiresAt", heading: "Expires At", cell: (invitation) => readableTimestamp(invitation.expires_at) },
  {
    name: "Link",
    heading: "Link",
    cell: ({ link }) => link ?? "(sent by e-mail)",
    needed: "it is shown this once and never again",
  },
];
