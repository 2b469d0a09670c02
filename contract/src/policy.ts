import { z } from "zod";
import { route } from "./route.ts";
import { Owner, Timestamp } from "./shapes.ts";

/** The longest that any key lives that has an end, in days. */
export const LONGEST_LIFETIME_DAYS = 3650;
const MOST_KEYS_MAX = 10_000;
const GRACE_DAYS_MAX = 365;
/** How long keys that a tighter policy would have ended already are left, unless said. */
export const GRACE_DAYS = 7;

const payload = (problem: string): string => `Invalid request payload: ${problem}`;
const whole = (field: string, max: number) => {
  const problem = payload(`${field} must be a whole number from 1 to ${max}, or null for no limit`);
  return z.int(problem).min(1, problem).max(max, problem).nullable();
};

const NETWORK_LIST = payload("allowed_networks must be a list of addresses or CIDR ranges, or null for anywhere");
const rules = {
  longest_lifetime_days: whole("longest_lifetime_days", LONGEST_LIFETIME_DAYS).meta({
    description: "How many days a key may live from its creation; null for no limit.",
    example: 90,
  }),
  never_allowed: z
    .boolean({ error: payload("never_allowed must be true or false") })
    .meta({ description: "Whether a key may be created that never expires." }),
  most_keys_per_person: whole("most_keys_per_person", MOST_KEYS_MAX).meta({
    description: "How many living keys a person may have, counted in the team or in the namespace; null for no limit.",
  }),
  suspend_unused_days: whole("suspend_unused_days", LONGEST_LIFETIME_DAYS).meta({
    description: "A key that has not been used for so many days is suspended; null for never.",
    example: 45,
  }),
  allowed_networks: z
    .array(z.string({ error: NETWORK_LIST }).max(64, NETWORK_LIST), { error: NETWORK_LIST })
    .min(1, payload("allowed_networks must not be empty; null for anywhere"))
    .max(64, payload("more than 64 allowed networks"))
    .nullable()
    .meta({ description: "Addresses and CIDR ranges from where keys may be used; null for anywhere." }),
  service_keys: z
    .enum(["owners", "members"], { error: payload("service_keys must be owners or members") })
    .meta({ description: "Who may create access keys for service identities; `members` includes owners." }),
};

/** What a policy demands of access keys. Every rule has to be said, so that one which was forgotten is never loosened. */
export const PolicyInput = z
  .object(rules, { error: payload("missing policy field") })
  .refine(({ longest_lifetime_days, never_allowed }) => longest_lifetime_days === null || !never_allowed, {
    error: payload("a longest lifetime leaves no room for keys that never expire; set never_allowed to false"),
  })
  .meta({ id: "Policy" });
export type PolicyInput = z.infer<typeof PolicyInput>;

/** A policy as it is shown: in force, an empty list of networks means that the team's and the namespace's have nothing in common. */
export const PolicyShape = z
  .object({ ...rules, allowed_networks: z.array(z.string()).nullable() })
  .meta({ id: "PolicyInForce" });
export type PolicyShape = z.infer<typeof PolicyShape>;

const PresetRules = z
  .object(rules)
  .pick({ longest_lifetime_days: true, never_allowed: true, suspend_unused_days: true })
  .meta({ id: "PresetRules" });
/** What presets have a say in. */
export type PresetRules = z.infer<typeof PresetRules>;

/** Sets of rules that somebody else has thought through; all other rules stay as they are. */
export const POLICY_PRESETS: readonly {
  readonly name: string;
  readonly about: string;
  readonly policy: PresetRules;
}[] = [
  {
    name: "cis",
    about: "CIS benchmarks: credentials end after 90 days, and are disabled when unused for 45",
    policy: { longest_lifetime_days: 90, never_allowed: false, suspend_unused_days: 45 },
  },
];

const ChangePolicyBody = z
  .object(
    {
      policy: PolicyInput,
      grace_days: z
        .int(payload(`grace_days must be a whole number from 0 to ${GRACE_DAYS_MAX}`))
        .min(0, payload(`grace_days must be a whole number from 0 to ${GRACE_DAYS_MAX}`))
        .max(GRACE_DAYS_MAX, payload(`grace_days must be a whole number from 0 to ${GRACE_DAYS_MAX}`))
        .default(GRACE_DAYS)
        .meta({ description: "How many days keys are left that the new policy would have ended already." }),
    },
    { error: payload("missing policy field") },
  )
  .meta({ id: "ChangePolicy" });

const Effect = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("expiry_shortened"), expires_at: Timestamp }),
    z.object({ kind: z.literal("suspended_by_next_sweep"), unused_since: Timestamp }),
    z.object({ kind: z.literal("last_address_refused"), address: z.string(), last_used_at: Timestamp }),
    z.object({ kind: z.literal("no_network_left") }),
  ])
  .meta({
    id: "PolicyEffect",
    description:
      "What becomes of a key: it ends earlier; the next sweep suspends it; it was last used from an address that is now refused; its own networks and the policy's have nothing in common.",
  });

const TouchedKey = z
  .object({
    id: z.string(),
    name: z.string(),
    namespace_id: z.string(),
    owner: Owner,
    expires_at: Timestamp.nullable().meta({ description: "Before the change." }),
    last_used_at: Timestamp.nullable(),
    effects: z.array(Effect),
  })
  .meta({ id: "TouchedKey" });

const PersonAboveMost = z
  .object({ owner: Owner, keys: z.int(), most: z.int() })
  .meta({ id: "PersonAboveMost", description: "Nothing happens to these keys; the person can create no more." });

const Effects = z
  .object({ keys: z.array(TouchedKey), people_above_most_keys: z.array(PersonAboveMost) })
  .meta({ id: "PolicyEffects" });
/** What a policy does to the keys that there are. */
export type PolicyEffects = z.infer<typeof Effects>;

const standing = {
  policy: PolicyShape.meta({ description: "What was set here." }),
  in_force: PolicyShape.meta({ description: "With what the team demands: of each rule the stricter one." }),
  updated_at: Timestamp.nullable().meta({ description: "Null if none was ever set." }),
};
const Standing = z.object(standing).meta({ id: "PolicyStanding" });
const Changed = z.object({ ...standing, effects: Effects }).meta({ id: "PolicyChanged" });

const NamespaceParams = z.object({ namespace_id: z.string() });
const ofTeam = "/v2/team/policy";
const ofNamespace = "/v2/functions/namespaces/{namespace_id}/policy";
const reading = {
  dialect: "digitalocean",
  credential: "token",
  scopes: ["function:read", "function:admin"],
  permission: "team.read",
} as const;
const changing = { ...reading, scopes: ["function:admin"], permission: "policy.manage" } as const;

export const getTeamPolicy = route({
  ...reading,
  id: "teamPolicy.get",
  summary: "Show what the team demands of access keys",
  method: "GET",
  path: ofTeam,
  answers: { 200: Standing },
  errors: [403],
});

export const listPolicyPresets = route({
  ...reading,
  id: "teamPolicy.presets",
  summary: "List sets of rules to start from",
  method: "GET",
  path: `${ofTeam}/presets`,
  answers: {
    200: z.object({ presets: z.array(z.object({ name: z.string(), about: z.string(), policy: PresetRules })) }),
  },
  errors: [403],
});

export const previewTeamPolicy = route({
  ...changing,
  id: "teamPolicy.preview",
  summary: "Show which keys a policy of the team would touch, and how; nothing is changed",
  method: "POST",
  path: `${ofTeam}/preview`,
  body: ChangePolicyBody,
  answers: { 200: Changed },
  errors: [400, 403],
});

export const setTeamPolicy = route({
  ...changing,
  id: "teamPolicy.set",
  summary: "Replace the team's policy; keys that would live too long end earlier",
  method: "PUT",
  path: ofTeam,
  body: ChangePolicyBody,
  answers: { 200: Changed },
  errors: [400, 403],
});

export const getNamespacePolicy = route({
  ...reading,
  id: "namespacePolicy.get",
  summary: "Show what is demanded of a namespace's access keys, beside what the team demands",
  method: "GET",
  path: ofNamespace,
  params: NamespaceParams,
  answers: { 200: Standing },
  errors: [403, 404],
});

export const previewNamespacePolicy = route({
  ...changing,
  id: "namespacePolicy.preview",
  summary: "Show which keys a policy of the namespace would touch, and how; nothing is changed",
  method: "POST",
  path: `${ofNamespace}/preview`,
  params: NamespaceParams,
  body: ChangePolicyBody,
  answers: { 200: Changed },
  errors: [400, 403, 404],
});

export const setNamespacePolicy = route({
  ...changing,
  id: "namespacePolicy.set",
  summary: "Replace a namespace's policy; it adds to what the team demands",
  method: "PUT",
  path: ofNamespace,
  params: NamespaceParams,
  body: ChangePolicyBody,
  answers: { 200: Changed },
  errors: [400, 403, 404],
});
