import type { Insertable, Selectable } from "kysely";

/** Instants are epoch milliseconds, JSON is text, booleans are 0 or 1: the same in every database. */
export type TeamsTable = { id: string; name: string; created_at: number };

/** `team_id` is set for service identities, which a team owns; people belong to teams by membership. */
export type UsersTable = {
  id: string;
  kind: "person" | "service";
  name: string;
  /** Lower case, without spaces around it. */
  email: string | null;
  team_id: string | null;
  created_at: number;
  /** The person who answers for a service identity. */
  responsible_id: string | null;
  /** A password's hash in PHC form; null as long as none is set. */
  password: string | null;
  password_changed_at: number | null;
};

export type MembershipsTable = {
  team_id: string;
  user_id: string;
  role: "owner" | "member" | "viewer";
  created_at: number;
};

export type ApiTokensTable = {
  id: string;
  team_id: string;
  user_id: string;
  name: string;
  /** HMAC-SHA-256 of the token under the pepper `pepper_id`. */
  hash: Uint8Array;
  pepper_id: string;
  /** JSON array of scopes. */
  scopes: string;
  expires_at: number | null;
  created_at: number;
};

export type SessionsTable = {
  id: string;
  team_id: string;
  user_id: string;
  hash: Uint8Array;
  pepper_id: string;
  /** From where the person signed in. */
  address: string;
  user_agent: string;
  expires_at: number;
  created_at: number;
};

/** Gone as soon as it is accepted or cancelled; what became of it, the audit log knows. */
export type InvitationsTable = {
  id: string;
  team_id: string;
  email: string;
  role: "owner" | "member" | "viewer";
  hash: Uint8Array;
  pepper_id: string;
  invited_by: string;
  /** How long it was made for, and is again when it is sent again. */
  lifetime_ms: number;
  expires_at: number;
  created_at: number;
};

/** At most one for each person: asking again ends the one before. */
export type PasswordResetsTable = {
  user_id: string;
  hash: Uint8Array;
  pepper_id: string;
  expires_at: number;
  created_at: number;
  made_by: "request" | "operator";
};

export type NamespacesTable = {
  id: string;
  team_id: string;
  label: string;
  region: string;
  /** User part of the legacy credential. */
  legacy_uuid: string;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
};

export type AccessKeysTable = {
  id: string;
  namespace_id: string;
  owner_id: string;
  name: string;
  /** JSON array of grant texts. */
  grants: string;
  /** JSON array of CIDR texts. */
  allowed_networks: string;
  expires_at: number | null;
  created_at: number;
  updated_at: number;
  state: "active" | "suspended" | "revoked";
  state_reason: string | null;
  state_changed_at: number | null;
  /** Tombstone: a deleted key stays for the audit log and leaves every list. */
  deleted_at: number | null;
  /** The change feed's number when the key was created: what a cut-off's number is compared with. */
  issued_seq: number;
  /** Whose doing its state is; null for the server's own. */
  state_by: string | null;
  /** What it was before its owner's removal took it; null for a key that nothing can restore. */
  restorable_state: "active" | "suspended" | null;
  restorable_reason: string | null;
  restorable_by: string | null;
};

/** Every key of the target that was issued before `seq` is revoked: one row, however many keys. */
export type AccessKeyCutoffsTable = {
  team_id: string;
  target_id: string;
  seq: number;
  kind: "team" | "namespace" | "user";
  at: number;
};

/** That somebody has been told of a key's coming end: once for each number of days before, and anew if the end changes. */
export type ExpiryNoticesTable = { access_key_id: string; expires_at: number; days: number; at: number };

/** More than one row per key only while it is being rotated. */
export type AccessKeySecretsTable = {
  access_key_id: string;
  hash: Uint8Array;
  pepper_id: string;
  created_at: number;
  /** When this secret stops working; null for the current one. */
  expires_at: number | null;
  /** Which of its key's secrets it is, in the order in which they were made. */
  number: number;
  /** HMAC-SHA-256 of the secret alone, for whoever found no more; null for secrets from before there were finders. */
  finder: Uint8Array | null;
};

/** What is demanded of access keys; `namespace_id` is empty for the team's own policy. */
export type PoliciesTable = {
  team_id: string;
  namespace_id: string;
  longest_lifetime_days: number | null;
  never_allowed: number;
  most_keys_per_person: number | null;
  suspend_unused_days: number | null;
  /** JSON array of CIDR texts; null for anywhere. */
  allowed_networks: string | null;
  service_keys: "owners" | "members";
  updated_at: number;
};

/** The change feed: everything that can end access, in commit order without gaps. */
export type ChangesTable = { seq: number; kind: string; target_id: string; at: number };
/** One row: the last `seq` given out. Taking the next one locks it, so commit order is sequence order. */
export type ChangeCounterTable = { id: number; last_seq: number };

export type AuditEntriesTable = {
  team_id: string;
  seq: number;
  at: number;
  actor_id: string | null;
  actor_kind: string;
  actor_name: string;
  credential_kind: string | null;
  credential_id: string | null;
  verb: string;
  target_kind: string;
  target_id: string;
  outcome: string;
  address: string | null;
  user_agent: string | null;
  request_id: string | null;
  /** JSON object, in its canonical form. */
  details: string;
  /** SHA-256. */
  previous_hash: Uint8Array;
  hash: Uint8Array;
};
/** Where each team's chain of entries ends, where what was pruned of it ended, and what was last signed. */
export type AuditHeadsTable = {
  team_id: string;
  seq: number;
  hash: Uint8Array;
  anchor_seq: number;
  anchor_hash: Uint8Array;
  checkpoint_seq: number;
};
/** Signed: that the team's chain had this hash at this entry. An anchor also says that what came before was pruned. */
export type AuditCheckpointsTable = {
  team_id: string;
  seq: number;
  kind: string;
  hash: Uint8Array;
  at: number;
  key_id: string;
  signature: Uint8Array;
};

/** Everything that has a name in a namespace. `package` is empty for what is in none, packages themselves included. */
export type EntitiesTable = {
  namespace_id: string;
  package: string;
  name: string;
  collection: "action" | "package" | "trigger" | "rule";
  version: string;
  publish: number;
  updated_at: number;
  /** JSON arrays of `{ key, value }`; parameters also have `init`. */
  annotations: string;
  parameters: string;
  /** JSON object: what only entities of this collection have. */
  body: string;
  /** Unique to this state of the entity. */
  revision: string;
  code_id: string | null;
  /** Of a rule, the trigger that it is linked to; null once that is gone, and for everything else. */
  trigger_name: string | null;
};
export type FunctionCodeTable = { id: string; code: string };

/** What is to be told, by e-mail or to a team's webhook, until it is told or given up. */
export type OutboxTable = {
  id: string;
  channel: "mail" | "webhook";
  /** The kind of mail, or the type of event. */
  kind: string;
  team_id: string | null;
  /** E-mail address; null for a webhook, whose address is looked up when it is called. */
  recipient: string | null;
  /** Sealed, since a mail may hold a link that opens something; gone as soon as it is of no more use. */
  body: Uint8Array | null;
  state: "waiting" | "sent" | "failed" | "expired";
  /** How often it was taken up; also tells a sender whether the row is still its own. */
  attempts: number;
  last_error: string | null;
  created_at: number;
  /** When to try next; while it is being tried, when somebody else may, because the sender must have died. */
  due_at: number;
  /** Not to be told any more from then on. */
  expires_at: number;
  finished_at: number | null;
};
/** At most one for each team. */
export type WebhooksTable = {
  team_id: string;
  url: string;
  /** JSON array of event types. */
  events: string;
  /** Sealed: it is needed to sign. */
  secret: Uint8Array;
  created_at: number;
  updated_at: number;
};

/** Invocations that were accepted and whose records are not known to be written. */
export type InvocationsTable = {
  id: string;
  /** The namespace it runs for. */
  namespace_id: string;
  accepted_at: number;
  /** Which run of the server has started it; null while it waits. */
  started_by: string | null;
  transaction_id: string;
  /** JSON: in whose name, and what. */
  caller: string;
  target: string;
  payload: string;
};

/** Functions that are called at set times. `next_run_at` is null for what is not to run. */
export type SchedulesTable = {
  id: string;
  namespace_id: string;
  name: string;
  /** `function` or `package/function`. */
  function_path: string;
  cron: string;
  /** JSON object. */
  body: string | null;
  is_enabled: number;
  owner_id: string;
  suspension: "owner_left" | "owner_may_not_invoke" | null;
  created_at: number;
  updated_at: number;
  last_run_at: number | null;
  next_run_at: number | null;
  /** Counts changes. */
  revision: number;
};

export type Tables = {
  teams: TeamsTable;
  users: UsersTable;
  memberships: MembershipsTable;
  api_tokens: ApiTokensTable;
  sessions: SessionsTable;
  invitations: InvitationsTable;
  password_resets: PasswordResetsTable;
  namespaces: NamespacesTable;
  access_keys: AccessKeysTable;
  access_key_secrets: AccessKeySecretsTable;
  access_key_cutoffs: AccessKeyCutoffsTable;
  expiry_notices: ExpiryNoticesTable;
  policies: PoliciesTable;
  changes: ChangesTable;
  change_counter: ChangeCounterTable;
  audit_entries: AuditEntriesTable;
  audit_heads: AuditHeadsTable;
  audit_checkpoints: AuditCheckpointsTable;
  entities: EntitiesTable;
  function_code: FunctionCodeTable;
  outbox: OutboxTable;
  webhooks: WebhooksTable;
  schedules: SchedulesTable;
  invocations: InvocationsTable;
};

export type Row<Table extends keyof Tables> = Selectable<Tables[Table]>;
export type NewRow<Table extends keyof Tables> = Insertable<Tables[Table]>;
