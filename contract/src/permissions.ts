/** What a user can be to a team, from most to least. */
export const ROLES = ["owner", "member", "viewer"] as const;
export type Role = (typeof ROLES)[number];

type Row = { readonly about: string; readonly roles: readonly Role[] };

const EVERYBODY = ROLES;
const OWNERS_AND_MEMBERS = ["owner", "member"] as const;
const OWNERS = ["owner"] as const;

/**
 * The one table of who may do what. A credential's scopes or grants narrow it further, never widen it; both are judged at every
 * request. Shown by `GET /v2/team/permissions`, `latchkey team permissions` and docs/permissions.md.
 */
export const PERMISSIONS = {
  "account.manage": {
    about: "Manage your own name, address, password, API tokens and sessions; leave the team",
    roles: EVERYBODY,
  },
  "team.read": { about: "See the team, its members, its service identities and its policy", roles: EVERYBODY },
  "team.update": { about: "Rename the team", roles: OWNERS },
  "member.manage": { about: "Invite members, change their roles, remove them, restore their keys", roles: OWNERS },
  "token.manage": { about: "See and delete everybody's API tokens", roles: OWNERS },
  "service_identity.manage": { about: "Create, change and delete service identities and their tokens", roles: OWNERS },
  "service_identity.issue": {
    about: "Create access keys for service identities, as far as the policy leaves it to members",
    roles: OWNERS_AND_MEMBERS,
  },
  "policy.manage": { about: "Change the policy of the team and of its namespaces", roles: OWNERS },
  "notification.manage": { about: "Set where the team's webhook goes", roles: OWNERS },
  "audit.read": { about: "Read, export and verify the audit log", roles: OWNERS },
  "access.read": { about: "See who could call a namespace, at any time", roles: OWNERS },
  "namespace.read": { about: "List namespaces", roles: EVERYBODY },
  "namespace.open": { about: "Get a single namespace", roles: OWNERS_AND_MEMBERS },
  "namespace.create": { about: "Create namespaces", roles: OWNERS_AND_MEMBERS },
  "namespace.delete": { about: "Delete namespaces", roles: OWNERS_AND_MEMBERS },
  "access_key.read": { about: "See everybody's access keys to a namespace", roles: OWNERS_AND_MEMBERS },
  "access_key.create": { about: "Create access keys of your own", roles: OWNERS_AND_MEMBERS },
  "access_key.manage": {
    about: "Rename, suspend and delete everybody's access keys to a namespace; rotate, resume and hand over your own",
    roles: OWNERS_AND_MEMBERS,
  },
  "access_key.resume_any": { about: "Resume access keys that somebody else suspended", roles: OWNERS },
  "access_key.revoke_all": { about: "Revoke all access keys of a member, a namespace or the team", roles: OWNERS },
  "trigger.read": { about: "See the scheduled triggers of a namespace", roles: EVERYBODY },
  "trigger.manage": { about: "Create, change and delete scheduled triggers", roles: OWNERS_AND_MEMBERS },
  "function.read": { about: "See functions, packages and activations, through an access key", roles: EVERYBODY },
  "function.invoke": { about: "Invoke functions, through an access key", roles: OWNERS_AND_MEMBERS },
  "function.deploy": { about: "Create, change and delete functions, through an access key", roles: OWNERS_AND_MEMBERS },
} as const satisfies Record<string, Row>;

export type Permission = keyof typeof PERMISSIONS;

/** Whether the table gives this role that permission. */
export const isPermitted = (role: Role, permission: Permission): boolean =>
  (PERMISSIONS[permission].roles as readonly Role[]).includes(role);
