import { defineErrors } from "../kernel/errors.ts";

const INVALID = "The supplied authentication is invalid";

/** The texts of the first three are OpenWhisk's (openwhisk-api 1.3); only a caller who proved the secret reads the others. */
export const accessKeyErrors = defineErrors("access_key", {
  credential_missing: {
    status: 401,
    says: "The resource requires authentication, which was not supplied with the request",
  },
  credential_invalid: { status: 401, says: INVALID },
  too_many_failures: {
    status: 429,
    says: "Too many failed attempts to authenticate. Wait a minute, then try again with a valid access key.",
  },
  expired: { status: 401, says: `${INVALID}: this access key has expired. Create a new one.` },
  revoked: { status: 401, says: `${INVALID}: this access key has been revoked. Create a new one.` },
  suspended: { status: 401, says: `${INVALID}: this access key is suspended. Ask an owner of the team to resume it.` },
  owner_left: {
    status: 401,
    says: `${INVALID}: the owner of this access key has left the team. Create a key of your own.`,
  },
  network_not_allowed: { status: 401, says: `${INVALID}: this access key may not be used from your address.` },
  not_found: { status: 404, says: "access key not found" },
  name_taken: { status: 409, says: "The request could not be completed due to a conflict." },
  bad_network: {
    status: 400,
    says: "Invalid request payload: allowed_networks must be addresses or CIDR ranges, such as 203.0.113.0/24",
  },
  not_yours: {
    status: 403,
    says: "This shows a new secret, so only the owner of the access key may do it. Create an access key of your own instead.",
  },
  suspended_by_other: {
    status: 403,
    says: "Somebody else suspended this access key. Ask an owner of the team to resume it.",
  },
  holder_not_found: { status: 404, says: "no such member or service identity" },
  cannot_suspend: { status: 422, says: "access key is not active" },
  cannot_resume: { status: 422, says: "access key is not suspended" },
  cannot_hand_over: {
    status: 422,
    says: "access key has expired, is not active, or belongs to that service identity already",
  },
  history_ahead: { status: 422, says: "That time has not come yet; ask about the past." },
  history_pruned: {
    status: 422,
    says: "The audit log was pruned, so nobody can say who could call.",
  },
  too_many_reports: { status: 429, says: "Too many reports from your address. Wait a minute, then try again." },
  cannot_rotate: { status: 422, says: "access key has expired or is not active; create a new one" },
});
