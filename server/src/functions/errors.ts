import { defineErrors } from "../kernel/errors.ts";

/** The data plane's refusals, in OpenWhisk's words (openwhisk-api 1.3 to 1.5, 4, 5 and 7), which clients show and match. */
export const functionErrors = defineErrors("function", {
  malformed: { status: 400, says: "The request content was malformed." },
  name_illegal: { status: 400, says: "The name of the entity contains illegal characters." },
  name_too_long: { status: 400, says: "Name segement longer than allowed." },
  namespace_illegal: { status: 400, says: "The namespace contains illegal characters." },
  namespace_too_long: { status: 400, says: "Namespace longer than allowed." },
  exec_undefined: { status: 400, says: "exec undefined" },
  kind_retired: {
    status: 400,
    says: "The runtime is no longer supported. You may read and delete but not update or invoke this action.",
  },
  limit_out_of_range: { status: 400, says: "A limit is out of the range that is allowed." },
  parameters_fixed: {
    status: 400,
    says: "Request defines parameters that are not allowed (e.g., reserved properties).",
  },
  sequence_empty: { status: 400, says: "No component specified for the sequence." },
  sequence_too_long: { status: 400, says: "Too many actions in the sequence." },
  sequence_circular: { status: 400, says: "Sequence may not refer to itself." },
  sequence_component_unknown: { status: 400, says: "Sequence component does not exist." },
  feed_name_invalid: { status: 400, says: "Feed name is not valid" },
  rule_incomplete: { status: 400, says: "rule requires a valid trigger and a valid action" },
  rule_trigger_unknown: { status: 400, says: "The rule's trigger does not exist." },
  rule_action_unknown: { status: 400, says: "The rule's action does not exist." },
  package_name_reserved: { status: 400, says: "Package name 'default' is reserved." },
  not_through_binding: { status: 400, says: "Operation not permitted on package binding." },
  binding_target_unknown: { status: 400, says: "Binding references a package that does not exist." },
  binding_to_binding: { status: 400, says: "Cannot bind to another package binding." },
  activation_id_illegal: { status: 400, says: "The activation id is not valid." },
  docs_with_count: { status: 400, says: "The parameter 'docs' is not permitted with 'count'." },
  web_not_ready: { status: 202, says: "Response not yet ready." },
  web_failed: { status: 400, says: "There was an error processing your request." },
  web_answer_invalid: { status: 400, says: "Response is not valid 'message/http'." },
  web_answer_mismatch: { status: 400, says: "Response type in header did not match generated content type." },
  web_answer_untyped: { status: 400, says: "Response did not specify a known content-type." },
  web_unauthenticated: {
    status: 401,
    says: "Authentication is possible but has failed or not yet been provided.",
  },
  caller_gone: { status: 401, says: "The supplied authentication is invalid" },
  not_authorized: { status: 403, says: "The supplied authentication is not authorized to access this resource." },
  not_found: { status: 404, says: "The requested resource does not exist." },
  rule_without_trigger: { status: 404, says: "Only rules with existing triggers can be activated" },
  no_remote_builds: {
    status: 404,
    says: "This server does not build functions remotely. Build where you deploy from: leave out --remote-build, and remoteBuild in project.yml.",
  },
  web_address_incomplete: {
    status: 404,
    says: "The address of a web function has its namespace, its package and its name; the package may be 'default'.",
  },
  web_property_missing: { status: 404, says: "Response does not include requested property." },
  exists: { status: 409, says: "resource already exists" },
  other_collection: { status: 409, says: "Resource by this name exists but is not in this collection." },
  binding_to_other: { status: 409, says: "Cannot bind to a resource that is not a package." },
  package_not_binding: {
    status: 409,
    says: "Resource is a package and cannot be converted into a binding.",
  },
  package_not_empty: {
    status: 409,
    says: "Package not empty. Set force param or delete package contents.",
  },
  too_large: { status: 413, says: "The request is larger than the server is willing or able to process." },
  too_many_per_minute: { status: 429, says: "Too many requests in the last minute." },
  too_many_in_flight: { status: 429, says: "Too many concurrent requests in flight." },
  queue_full: {
    status: 503,
    says: "The server is currently unavailable (because it is overloaded or down for maintenance).",
  },
  records_behind: {
    status: 503,
    says: "The server cannot record activations right now, so it accepts none. Try again in a moment.",
  },
});

/** What is wrong with a request's content, in the envelope that OpenWhisk puts around it. */
export const malformed = (detail: string) =>
  functionErrors.malformed({ says: `The request content was malformed:\n${detail}` });
