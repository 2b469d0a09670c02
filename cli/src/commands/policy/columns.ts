import type { PolicyShape } from "@latchkey/contract/policy";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";
import type { Changed, Standing } from "./reach.ts";

type Key = Changed["effects"]["keys"][number];
type Effect = Key["effects"][number];

const RULES: readonly (readonly [rule: string, words: (policy: Partial<PolicyShape>) => string | undefined])[] = [
  ["Longest lifetime", ({ longest_lifetime_days: days }) => orNone(days, (count) => `${count} days`)],
  [
    "Keys that never expire",
    ({ never_allowed: allowed }) => (allowed === undefined ? undefined : allowed ? "allowed" : "forbidden"),
  ],
  ["Most keys per person", ({ most_keys_per_person: most }) => orNone(most, String)],
  ["Suspended when unused for", ({ suspend_unused_days: days }) => orNone(days, (count) => `${count} days`)],
  [
    "Usable from",
    ({ allowed_networks: networks }) =>
      networks === undefined ? undefined : networks === null ? "anywhere" : networks.join(", ") || "nowhere",
  ],
  ["Keys for service identities by", ({ service_keys: who }) => who],
];

const orNone = (value: number | null | undefined, words: (value: number) => string): string | undefined =>
  value === undefined ? undefined : value === null ? "no limit" : words(value);

/** A rule of a policy in words; undefined where the policy does not say it. */
export const rulesOf = (policy: Partial<PolicyShape>): { rule: string; words: string }[] =>
  RULES.flatMap(([rule, toWords]) => {
    const words = toWords(policy);
    return words === undefined ? [] : [{ rule, words }];
  });

type Rule = { readonly rule: string; readonly set: string; readonly inForce: string };

export const RULE_COLUMNS: readonly Column<Rule>[] = [
  { name: "Rule", heading: "Rule", cell: ({ rule }) => rule },
  { name: "Set", heading: "Set Here", cell: ({ set }) => set },
  { name: "InForce", heading: "In Force", cell: ({ inForce }) => inForce },
];

/** What was set, beside what counts. */
export function standingRows({ policy, in_force }: Standing): Rule[] {
  const inForce = rulesOf(in_force);
  return rulesOf(policy).map(({ rule, words }, at) => ({ rule, set: words, inForce: inForce[at]?.words ?? "" }));
}

type Touched = { readonly key: Key; readonly effect: Effect };

/** One row for each thing that happens to a key. */
export const touchedRows = ({ effects }: Changed): Touched[] =>
  effects.keys.flatMap((key) => key.effects.map((effect) => ({ key, effect })));

export const TOUCHED_COLUMNS: readonly Column<Touched>[] = [
  { name: "ID", heading: "Key", cell: ({ key }) => key.id },
  { name: "Name", heading: "Name", cell: ({ key }) => key.name },
  { name: "Owner", heading: "Owner", cell: ({ key }) => key.owner.name },
  { name: "Namespace", heading: "Namespace", cell: ({ key }) => key.namespace_id, hidden: true },
  { name: "ExpiresAt", heading: "Expires At", cell: ({ key }) => readableTimestamp(key.expires_at), hidden: true },
  { name: "LastUsedAt", heading: "Last Used At", cell: ({ key }) => readableTimestamp(key.last_used_at), hidden: true },
  { name: "Effect", heading: "What Happens", cell: ({ effect }) => describeEffect(effect) },
];

function describeEffect(effect: Effect): string {
  switch (effect.kind) {
    case "expiry_shortened":
      return `expires ${readableTimestamp(effect.expires_at)}`;
    case "suspended_by_next_sweep":
      return `suspended within the hour: unused since ${readableTimestamp(effect.unused_since)}`;
    case "last_address_refused":
      return `refused from ${effect.address}, where it was last used ${readableTimestamp(effect.last_used_at)}`;
    case "no_network_left":
      return "usable from nowhere: its own networks and the policy's have nothing in common";
  }
}
