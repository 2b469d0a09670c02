import type { LatchkeyError } from "../kernel/errors.ts";
import { policyErrors } from "./errors.ts";
import type { Violation } from "./model.ts";

/** Says which rule stands in the way, whose it is, and what would be allowed. */
export function refusal(violation: Violation): LatchkeyError {
  const policy = violation.whose === "team" ? "The team's policy" : "This namespace's policy";
  switch (violation.rule) {
    case "longest_lifetime": {
      const { days } = violation;
      return policyErrors.longest_lifetime({
        says: `${policy} allows access keys to live at most ${days} ${days === 1 ? "day" : "days"}; ask for ${days}d or less.`,
      });
    }
    case "never_expires":
      return policyErrors.never_expires({
        says: `${policy} does not allow access keys that never expire; say how long it is to live, such as 30d.`,
      });
    case "most_keys": {
      const { most, has } = violation;
      return policyErrors.most_keys({
        says: `${policy} allows a person at most ${most} access ${most === 1 ? "key" : "keys"}, and there are ${has}; delete one first.`,
      });
    }
    case "service_keys":
      return policyErrors.service_keys({
        says: `${policy} lets owners alone create access keys for service identities; ask an owner.`,
      });
    case "networks":
      return policyErrors.networks({
        says: `${policy} allows access keys to be used from ${list(violation.allowed)}; ask for networks within those.`,
      });
  }
}

/** Networks in one line; a long list is cut, since the policy shows it all. */
function list(networks: readonly string[]): string {
  if (networks.length === 0) return "nowhere";
  const shown = networks.slice(0, 5).join(", ");
  return networks.length > 5 ? `${shown} and ${networks.length - 5} more` : shown;
}
