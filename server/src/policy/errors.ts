import { defineErrors } from "../kernel/errors.ts";

/** Each names the rule that a key would break; what is thrown says whose policy it is and what its limit is. */
export const policyErrors = defineErrors("policy", {
  longest_lifetime: { status: 422, says: "The policy limits how long access keys may live." },
  never_expires: { status: 422, says: "The policy does not allow access keys that never expire." },
  most_keys: { status: 422, says: "The policy limits how many access keys a person may have." },
  service_keys: {
    status: 422,
    says: "The policy lets owners alone create access keys for service identities.",
  },
  networks: { status: 422, says: "The policy limits from where access keys may be used." },
  bad_network: {
    status: 400,
    says: "Invalid request payload: allowed_networks must be addresses or CIDR ranges, such as 203.0.113.0/24",
  },
});
