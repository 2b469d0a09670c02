import { getAccount } from "@latchkey/contract/account";
import { createInvitation } from "@latchkey/contract/invitations";
import { createServiceIdentity } from "@latchkey/contract/service-identities";
import type { Answer } from "../caller.ts";
import { basic, type Caller, type HeldKey } from "../caller.ts";

/** A namespace with a key, a package with an action in it, a trigger with a rule, and a schedule, that a test may do anything to. */
export type World = {
  readonly caller: Caller;
  /** The caller's own id. */
  readonly userId: string;
  readonly namespaceId: string;
  readonly key: HeldKey;
  readonly serviceIdentityId: string;
};

export async function buildWorld(caller: Caller): Promise<World> {
  const namespaceId = await caller.addNamespace();
  const key = await caller.addKey(namespaceId);
  const account = await caller.send("GET", "/v2/account");
  const service = await caller.send("POST", "/v2/team/service-identities", { json: { name: "robot" } });
  const world: World = {
    caller,
    userId: getAccount.answers[200].parse(JSON.parse(account.text)).account.id,
    namespaceId,
    key,
    serviceIdentityId: createServiceIdentity.answers[201].parse(JSON.parse(service.text)).service_identity.id,
  };
  await MUTATIONS["package.put"]?.act(world);
  await MUTATIONS["packagedAction.put"]?.act(world);
  await MUTATIONS["action.put"]?.act(world);
  await MUTATIONS["trigger.put"]?.act(world);
  await MUTATIONS["rule.put"]?.act(world);
  await MUTATIONS["schedule.create"]?.act(world);
  await MUTATIONS["webhook.set"]?.act(world);
  return world;
}

type Mutation = {
  readonly verb: string;
  /** Through what it is done: the audit entry names it. `secret`: whoever has it, be it who it may. */
  readonly through: "token" | "access_key" | "secret";
  readonly act: (world: World) => Promise<Answer>;
  /** What of the entry's actor is another than `through` says: routes that ask for no credential. */
  readonly by?: object;
  /** It changes nobody's access, so the change feed has nothing to say of it. */
  readonly feedsNothing?: true;
  /** What has to be done before, so that it changes something. */
  readonly first?: (world: World) => Promise<Answer>;
  /** Verbs of other entries that come before its own. */
  readonly after?: readonly string[];
};

const control = (verb: string, method: string, path: (world: World) => string, json?: object): Mutation => ({
  verb,
  through: "token",
  act: (world) => world.caller.send(method, `/v2/functions${path(world)}`, json === undefined ? {} : { json }),
});

const team = (verb: string, path: (world: World) => string, json?: (world: World) => object): Mutation => ({
  verb,
  through: "token",
  act: (world) => world.caller.send("POST", `/v2/team${path(world)}`, json === undefined ? {} : { json: json(world) }),
});

const data = (verb: string, method: string, path: string, json?: object): Mutation => ({
  verb,
  through: "access_key",
  act: ({ caller, key }) =>
    caller.send(method, `/api/v1/namespaces/_${path}`, {
      authorization: basic(key),
      ...(json === undefined ? {} : { json }),
    }),
});

/** Somebody else in the team, who came by an invitation. */
const BOB = { email: "bob@example.com", password: "a password of that person" };
const addBob = async ({ caller }: World): Promise<Answer> => {
  const { text } = await caller.send("POST", "/v2/team/invitations", { json: { email: BOB.email, role: "owner" } });
  const { link } = createInvitation.answers[201].parse(JSON.parse(text)).invitation;
  const json = { secret: (link ?? "").split("#")[1], name: "Bob", password: BOB.password };
  return caller.send("POST", "/v2/invitations/accept", { json });
};
const listed = async ({ caller }: World, path: string, list: string) =>
  JSON.parse((await caller.send("GET", path)).text)[list].at(-1).id;
const setPassword = ({ caller }: World) =>
  caller.send("PUT", "/v2/account/password", { json: { new_password: BOB.password } });
const signIn = ({ caller }: World) =>
  caller.send("POST", "/v2/sessions", { json: { email: "ada@example.com", password: BOB.password } });

/** Does something to the last of a list, which `first` has put there. */
const toLast = (
  verb: string,
  method: string,
  [path, list, rest = ""]: readonly [path: string, list: string, rest?: string],
  first: (world: World) => Promise<Answer>,
  json?: object,
): Mutation => ({
  verb,
  through: "token",
  first,
  act: async (world) =>
    world.caller.send(method, `${path}/${await listed(world, path, list)}${rest}`, json === undefined ? {} : { json }),
});
const MEMBERS = ["/v2/team/members", "members"] as const;
const INVITATIONS = ["/v2/team/invitations", "invitations"] as const;
const TOKENS = ["/v2/tokens", "api_tokens"] as const;
const IDENTITIES = ["/v2/team/service-identities", "service_identities"] as const;

const inviteBob = ({ caller }: World) =>
  caller.send("POST", "/v2/team/invitations", { json: { email: BOB.email, role: "member" } });
const newToken = { name: "another", scopes: ["function:read"] };
const addApiToken = ({ caller }: World) => caller.send("POST", "/v2/tokens", { json: newToken });
const nothingToAdd = ({ caller }: World) => caller.send("GET", "/v2/team");

/** People, and what stands for them. */
const PEOPLE: Readonly<Record<string, Mutation>> = {
  "team.update": {
    verb: "team.update",
    through: "token",
    act: ({ caller }) => caller.send("PUT", "/v2/team", { json: { name: "Acme Ltd" } }),
    feedsNothing: true,
  },
  "team.leave": { ...team("member.leave", () => "/leave"), first: addBob },
  "member.setRole": toLast("member.set_role", "PUT", MEMBERS, addBob, { role: "viewer" }),
  "member.remove": toLast("member.remove", "DELETE", MEMBERS, addBob),
  "invitation.create": { verb: "invitation.create", through: "token", act: inviteBob, feedsNothing: true },
  "invitation.resend": {
    ...toLast("invitation.resend", "POST", [...INVITATIONS, "/resend"], inviteBob),
    feedsNothing: true,
  },
  "invitation.cancel": { ...toLast("invitation.cancel", "DELETE", INVITATIONS, inviteBob), feedsNothing: true },
  "serviceIdentity.create": team(
    "service_identity.create",
    () => "/service-identities",
    () => ({ name: "another" }),
  ),
  "serviceIdentity.update": toLast("service_identity.update", "PUT", IDENTITIES, nothingToAdd, { role: "viewer" }),
  "serviceIdentity.delete": toLast("service_identity.delete", "DELETE", IDENTITIES, nothingToAdd),
  "serviceIdentity.createToken": toLast("api_token.create", "POST", [...IDENTITIES, "/tokens"], nothingToAdd, newToken),
  "apiToken.create": { verb: "api_token.create", through: "token", act: addApiToken },
  "apiToken.rename": toLast("api_token.rename", "PUT", TOKENS, addApiToken, { name: "renamed" }),
  "apiToken.delete": toLast("api_token.delete", "DELETE", TOKENS, addApiToken),
  "session.create": {
    verb: "session.create",
    through: "token",
    first: setPassword,
    act: signIn,
    by: { credential_kind: "session" },
  },
  "session.delete": toLast("session.delete", "DELETE", ["/v2/sessions", "sessions"], async (world) => {
    await setPassword(world);
    return signIn(world);
  }),
  "account.update": {
    verb: "account.update",
    through: "token",
    act: ({ caller }) => caller.send("PUT", "/v2/account", { json: { name: "Ada Lovelace" } }),
  },
  "account.setPassword": { verb: "password.change", through: "token", act: setPassword, feedsNothing: true },
};

const webhook = (verb: string, method: string, path = "", json?: object): Mutation => ({
  verb,
  through: "token",
  act: ({ caller }) => caller.send(method, `/v2/team/webhook${path}`, json === undefined ? {} : { json }),
  feedsNothing: true,
});

const keys = ({ namespaceId }: World) => `/namespaces/${namespaceId}/keys`;
const oneKey = (world: World) => `${keys(world)}/${world.key.id}`;
const schedules = ({ namespaceId }: World) => `/namespaces/${namespaceId}/triggers`;
const oneSchedule = (world: World) => `${schedules(world)}/nightly`;
const schedule = {
  name: "nightly",
  function: "hello",
  type: "SCHEDULED",
  is_enabled: true,
  scheduled_details: { cron: "0 3 * * *", body: { password: "of the function" } },
};

/** It touches none of the keys that there are. */
const policy = {
  longest_lifetime_days: null,
  never_allowed: true,
  most_keys_per_person: 5,
  suspend_unused_days: 45,
  allowed_networks: ["127.0.0.0/8"],
  service_keys: "owners",
};
const action = {
  exec: { kind: "nodejs:default", code: "exports.main = () => ({ code: 'of the function' })" },
  parameters: [{ key: "password", value: "of the function" }],
};

/** How each route that changes something is called so that it does, by the route's id. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "namespace.create": control("namespace.create", "POST", () => "/namespaces", { label: "another", region: "fra1" }),
  "namespace.sandbox": control("namespace.create", "POST", () => "/sandbox"),
  "namespace.delete": control("namespace.delete", "DELETE", ({ namespaceId }) => `/namespaces/${namespaceId}`),
  "accessKey.create": control("access_key.create", "POST", keys, { name: "another", expires_in: "1h" }),
  "accessKey.rename": control("access_key.rename", "PUT", oneKey, { name: "renamed" }),
  "accessKey.rotate": control("access_key.rotate", "POST", (world) => `${oneKey(world)}/rotate`, { overlap: "1h" }),
  "accessKey.delete": control("access_key.delete", "DELETE", oneKey),
  "schedule.create": {
    ...control("schedule.create", "POST", schedules, schedule),
    first: (world) => world.caller.send("DELETE", `/v2/functions${oneSchedule(world)}`),
  },
  "schedule.update": control("schedule.update", "PUT", oneSchedule, { is_enabled: false }),
  "schedule.delete": control("schedule.delete", "DELETE", oneSchedule),
  "accessKey.suspend": control("access_key.suspend", "POST", (world) => `${oneKey(world)}/suspend`, { reason: "lost" }),
  "accessKey.resume": {
    ...control("access_key.resume", "POST", (world) => `${oneKey(world)}/resume`),
    first: (world) => world.caller.send("POST", `/v2/functions${oneKey(world)}/suspend`),
  },
  "accessKey.handOver": {
    verb: "access_key.hand_over",
    through: "token",
    act: (world) =>
      world.caller.send("POST", `/v2/functions${oneKey(world)}/hand-over`, {
        json: { service_identity_id: world.serviceIdentityId, overlap: "1h" },
      }),
    after: ["access_key.create"],
  },
  "serviceAccessKey.create": team(
    "access_key.create",
    ({ serviceIdentityId }) => `/service-identities/${serviceIdentityId}/keys`,
    ({ namespaceId }) => ({ namespace_id: namespaceId, name: "of the robot", expires_in: "1h" }),
  ),
  "memberKeys.revoke": team("access_key.revoke_all", ({ userId }) => `/members/${userId}/revoke-keys`),
  "namespaceKeys.revoke": control(
    "access_key.revoke_all",
    "POST",
    ({ namespaceId }) => `/namespaces/${namespaceId}/revoke-keys`,
  ),
  "teamKeys.revoke": team("access_key.revoke_all", () => "/revoke-keys"),
  "memberKeys.restore": team("access_key.restore", ({ userId }) => `/members/${userId}/restore-keys`),
  "foundKey.revoke": {
    verb: "access_key.delete",
    through: "secret",
    act: ({ caller, key }) => caller.send("POST", "/v2/keys/revoke", { json: { secret: `${key.id}:${key.secret}` } }),
  },
  ...PEOPLE,
  // A name that leads inside: nothing leaves this machine.
  "webhook.set": webhook("webhook.set", "PUT", "", { url: "https://localhost/" }),
  "webhook.test": webhook("webhook.test", "POST", "/test"),
  "webhook.delete": webhook("webhook.delete", "DELETE"),
  "teamPolicy.set": {
    verb: "policy.set",
    through: "token",
    act: ({ caller }) => caller.send("PUT", "/v2/team/policy", { json: { policy } }),
  },
  "namespacePolicy.set": control("policy.set", "PUT", ({ namespaceId }) => `/namespaces/${namespaceId}/policy`, {
    policy,
  }),
  "action.put": data("function.create", "PUT", "/actions/hello", action),
  "action.delete": data("function.delete", "DELETE", "/actions/hello"),
  "packagedAction.put": data("function.create", "PUT", "/actions/billing/charge", action),
  "packagedAction.delete": data("function.delete", "DELETE", "/actions/billing/charge"),
  "trigger.put": data("trigger.create", "PUT", "/triggers/daily", { parameters: action.parameters }),
  "trigger.delete": data("trigger.delete", "DELETE", "/triggers/daily"),
  "rule.put": data("rule.create", "PUT", "/rules/nightly", { trigger: "/_/daily", action: "/_/hello" }),
  "rule.setStatus": data("rule.deactivate", "POST", "/rules/nightly", { status: "inactive" }),
  "rule.delete": data("rule.delete", "DELETE", "/rules/nightly"),
  "package.put": data("package.create", "PUT", "/packages/billing", { parameters: action.parameters }),
  "package.delete": data("package.delete", "DELETE", "/packages/billing?force=true"),
};

/**
 * Creating needs a name that is free. Deleting a package leaves an entry for each thing in it, deleting a trigger one for each rule
 * that it ends, so those are deleted first.
 */
export async function makeRoom(world: World, id: string): Promise<void> {
  await MUTATIONS[id]?.first?.(world);
  const inTheWay: Readonly<Record<string, string>> = {
    "package.delete": "packagedAction.delete",
    "trigger.delete": "rule.delete",
  };
  const first = inTheWay[id] ?? id.replace(/\.put$/, ".delete");
  if (first !== id) await MUTATIONS[first]?.act(world);
}

/** Routes that take something in and change nothing that an audit entry is for. */
export const NOT_MUTATIONS: Readonly<Record<string, string>> = {
  "action.invoke": "an invocation is recorded as an activation, with the key's id",
  "trigger.fire": "firing is recorded as an activation, with the key's id",
  "invitation.accept": "no token, no key: identity/unrecorded.test.ts tries it out",
  "passwordReset.request": "whether it changes something nobody may learn: identity/unrecorded.test.ts tries it out",
  "passwordReset.redeem": "no token, no key: identity/unrecorded.test.ts tries it out",
  "teamPolicy.preview": "it says what setting the policy would do",
  "namespacePolicy.preview": "it says what setting the policy would do",
  "packagedAction.invoke": "an invocation is recorded as an activation, with the key's id",
};
