import type { PolicyInput, PolicyShape, PresetRules } from "@latchkey/contract/policy";
import type { Given, Option } from "../../command.ts";
import { UsageError } from "../../failure.ts";

/** What `policy set` and `policy preview` take. */
export const changeOptions = {
  namespace: { kind: "text", value: "namespace", about: "label or id; without it, the policy of the whole team" },
  preset: { kind: "text", value: "name", about: "start from a set of rules; see them: latchkey policy presets" },
  longestLifetime: { kind: "text", value: "days", about: "how long a key may live: 90d, or none for no limit" },
  never: {
    kind: "text",
    value: "word",
    choices: ["allowed", "forbidden"],
    about: "whether keys may be created that never expire",
  },
  mostKeys: { kind: "text", value: "count", about: "how many keys a person may have: 5, or none for no limit" },
  suspendUnused: { kind: "text", value: "days", about: "suspend keys unused for so long: 45d, or none" },
  allowNetwork: { kind: "texts", value: "network", about: "from where keys may be used; may be repeated; or anywhere" },
  serviceKeys: {
    kind: "text",
    value: "who",
    choices: ["owners", "members"],
    about: "who may create keys for service identities",
  },
  grace: {
    kind: "text",
    value: "days",
    about: "how long keys are left that would have ended already: 7d unless given",
  },
} as const satisfies Record<string, Option>;

type Changes = Given<Record<never, never>, typeof changeOptions>["options"];

/** A number of days, as `90d` or `90`. */
function days(option: string, text: string): number {
  const [, digits] = /^([0-9]{1,6})d?$/.exec(text.trim()) ?? [];
  if (digits === undefined) throw new UsageError(`--${option} is '${text}'`, `Say days, such as --${option} 30d`);
  return Number(digits);
}

function count(option: string, text: string): number {
  if (/^[0-9]{1,6}$/.test(text.trim())) return Number(text);
  throw new UsageError(`--${option} is '${text}'`, `Say a number, such as --${option} 5, or none`);
}

const limit = (option: string, text: string, read: (option: string, text: string) => number): number | null =>
  text.trim() === "none" ? null : read(option, text);

/**
 * The policy that there is, with what the preset and then the options change of it.
 * @throws UsageError if an option makes no sense, or none was given
 */
export function changedPolicy(present: PolicyShape, preset: Partial<PresetRules>, options: Changes): PolicyInput {
  const changes: Partial<PolicyInput> = { ...preset };
  const { longestLifetime, never, mostKeys, suspendUnused, allowNetwork, serviceKeys } = options;
  if (longestLifetime !== undefined) {
    changes.longest_lifetime_days = limit("longest-lifetime", longestLifetime, days);
    // A limit that keys without an end got round would be none.
    if (changes.longest_lifetime_days !== null && never === undefined) changes.never_allowed = false;
  }
  if (never !== undefined) changes.never_allowed = never === "allowed";
  if (mostKeys !== undefined) changes.most_keys_per_person = limit("most-keys", mostKeys, count);
  if (suspendUnused !== undefined) changes.suspend_unused_days = limit("suspend-unused", suspendUnused, days);
  if (allowNetwork.length > 0) {
    const isAnywhere = allowNetwork.includes("anywhere");
    if (isAnywhere && allowNetwork.length > 1)
      throw new UsageError("--allow-network says anywhere and a network", "Say the one or the other");
    changes.allowed_networks = isAnywhere ? null : [...allowNetwork];
  }
  if (serviceKeys !== undefined) changes.service_keys = serviceKeys === "owners" ? "owners" : "members";
  if (Object.keys(changes).length === 0)
    throw new UsageError("nothing to change was given", "Say a rule, such as --longest-lifetime 90d, or --preset cis");
  return { ...present, ...changes };
}

/** `--grace` in days; undefined leaves it to the server. */
export const graceDays = ({ grace }: Changes): number | undefined =>
  grace === undefined ? undefined : days("grace", grace);
