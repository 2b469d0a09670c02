import { DatabaseSync } from "node:sqlite";
import { ALL_ROUTES } from "@latchkey/contract/all-routes";
import { isPermitted, type Role } from "@latchkey/contract/permissions";
import type { RouteDescription } from "@latchkey/contract/route";
import { describe, expect, onTestFinished, test } from "vitest";
import { basic, bearer, createCaller } from "../caller.ts";
import { addTeam, addToken } from "../people.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";
import { buildWorld } from "./mutations.ts";

/**
 * What a route answers to somebody of the same team who may only read (by a token's scope, or a key's grant), to a viewer, and to
 * an owner of another team; `open` for routes that ask for no credential, with what everybody gets. Whoever has no valid one gets
 * 401 everywhere else.
 */
type Row =
  | { readonly open: number }
  | { readonly reader: number; readonly viewer: number | typeof MAY; readonly stranger: number | typeof MAY };
/** It is theirs to do, so it is not tried here. */
const MAY = "may";

const adminOnly: Row = { reader: 403, viewer: 403, stranger: 404 };
const everybody: Row = { reader: 200, viewer: 200, stranger: 200 };
const ownTeamOnly: Row = { reader: 403, viewer: 403, stranger: 200 };
/** What may be read by scope, of a namespace that strangers do not learn of. */
const readingControl: Row = { reader: 200, viewer: 200, stranger: 404 };
const reading: Row = { reader: 200, viewer: 200, stranger: 403 };
const changing: Row = { reader: 403, viewer: 403, stranger: 403 };
const open = (status: number): Row => ({ open: status });
/** What is the caller's own, as far as the token's scopes let it through; of somebody else's there is none. */
const ownOnly: Row = { reader: 403, viewer: 200, stranger: 200 };
const ownNone: Row = { reader: 403, viewer: 404, stranger: 404 };
/** There is no activation of that id, which is all that a reader learns. */
const readingNothing: Row = { reader: 404, viewer: 404, stranger: 403 };

const MATRIX: Readonly<Record<string, Row>> = {
  "namespace.list": everybody,
  "namespace.create": ownTeamOnly,
  "namespace.get": adminOnly,
  "namespace.delete": adminOnly,
  "namespace.sandbox": ownTeamOnly,
  "accessKey.create": adminOnly,
  "accessKey.list": adminOnly,
  "accessKey.get": adminOnly,
  "accessKey.rename": adminOnly,
  "accessKey.rotate": adminOnly,
  "accessKey.delete": adminOnly,
  "schedule.list": readingControl,
  "schedule.create": adminOnly,
  "schedule.get": readingControl,
  "schedule.update": adminOnly,
  "schedule.delete": adminOnly,
  "accessKey.suspend": adminOnly,
  "accessKey.resume": adminOnly,
  "accessKey.handOver": adminOnly,
  "serviceAccessKey.create": adminOnly,
  "memberKeys.revoke": adminOnly,
  "namespaceKeys.revoke": adminOnly,
  "teamKeys.revoke": ownTeamOnly,
  "memberKeys.restore": adminOnly,
  "foundKey.revoke": open(202),
  "token.info": everybody,
  // What this test sends has no scopes.
  "apiToken.create": { reader: 403, viewer: 400, stranger: 400 },
  "apiToken.list": ownOnly,
  "apiToken.rename": ownNone,
  "apiToken.delete": ownNone,
  "team.get": everybody,
  "team.update": ownTeamOnly,
  "team.list": everybody,
  "team.permissions": everybody,
  "team.leave": { reader: 403, viewer: MAY, stranger: MAY },
  "member.list": everybody,
  "member.get": { reader: 200, viewer: 200, stranger: 404 },
  "member.setRole": adminOnly,
  "member.remove": adminOnly,
  // What this test sends names nobody.
  "invitation.create": { reader: 403, viewer: 403, stranger: 400 },
  "invitation.list": ownTeamOnly,
  "invitation.resend": adminOnly,
  "invitation.cancel": adminOnly,
  "invitation.accept": open(400),
  "invitation.page": open(200),
  "serviceIdentity.create": { reader: 403, viewer: 403, stranger: 201 },
  "serviceIdentity.list": everybody,
  "serviceIdentity.get": { reader: 200, viewer: 200, stranger: 404 },
  "serviceIdentity.update": adminOnly,
  "serviceIdentity.delete": adminOnly,
  "serviceIdentity.createToken": adminOnly,
  "session.create": open(400),
  "session.list": ownOnly,
  "session.delete": ownNone,
  "account.get": everybody,
  "account.update": { reader: 403, viewer: MAY, stranger: MAY },
  "account.setPassword": { reader: 403, viewer: 400, stranger: 400 },
  "passwordReset.request": open(400),
  "passwordReset.redeem": open(400),
  "passwordReset.page": open(200),
  // The stranger's own team has no webhook, and what this test sends names no address.
  "webhook.set": { reader: 403, viewer: 403, stranger: 400 },
  "webhook.get": adminOnly,
  "webhook.delete": adminOnly,
  "webhook.test": adminOnly,
  "webhook.deliveries": ownTeamOnly,
  "accessHistory.get": adminOnly,
  "member.previewRemoval": adminOnly,
  "teamPolicy.get": everybody,
  "teamPolicy.presets": everybody,
  // What this test sends is no policy, for the stranger's own team.
  "teamPolicy.preview": { reader: 403, viewer: 403, stranger: 400 },
  "teamPolicy.set": { reader: 403, viewer: 403, stranger: 400 },
  "namespacePolicy.get": { reader: 200, viewer: 200, stranger: 404 },
  "namespacePolicy.preview": adminOnly,
  "namespacePolicy.set": adminOnly,
  "info.get": open(200),
  "ownNamespace.list": everybody,
  "ownNamespace.limits": reading,
  "action.list": reading,
  "action.put": changing,
  "action.get": reading,
  "action.invoke": changing,
  "action.delete": changing,
  "packagedAction.list": reading,
  "packagedAction.put": changing,
  "packagedAction.get": reading,
  "packagedAction.invoke": changing,
  "packagedAction.delete": changing,
  // A stranger sees what is shared: nothing of this.
  "package.list": everybody,
  "package.put": changing,
  "package.get": reading,
  "package.delete": changing,
  "trigger.list": reading,
  "trigger.put": changing,
  "trigger.get": reading,
  "trigger.fire": changing,
  "trigger.delete": changing,
  "rule.list": reading,
  "rule.put": changing,
  "rule.get": reading,
  "rule.setStatus": changing,
  "rule.delete": changing,
  "activation.list": reading,
  "activation.get": readingNothing,
  "activation.logs": readingNothing,
  "activation.result": readingNothing,
  "audit.list": ownTeamOnly,
  "audit.export": ownTeamOnly,
  "audit.verify": ownTeamOnly,
  "audit.key": ownTeamOnly,
  "operations.health": open(200),
  "operations.ping": open(200),
  "operations.apiDocument": open(200),
  "operations.apiPage": open(200),
  "operations.apiPagePart": open(404),
};

/** Our server with a namespace and things in it, and everybody who would like to get at them. */
async function start() {
  const latchkey = await startTestLatchkey({ environment: { LATCHKEY_FAILED_ATTEMPTS_PER_MINUTE: "1000000" } });
  const world = await buildWorld(createCaller(latchkey.url, latchkey.token));
  const { caller, namespaceId, key, serviceIdentityId } = world;

  const readerToken = (await addToken(latchkey, { role: "member", scopes: ["function:read"] })).token;
  const viewerToken = (await addToken(latchkey, { role: "viewer" })).token;
  const strangerToken = (await addToken(latchkey, { teamId: await addTeam(latchkey, "Others") })).token;
  const viewer = await addToken(latchkey, { role: "member" });
  const viewerKey = await createCaller(latchkey.url, viewer.token).addKey(namespaceId, "of a viewer");
  const stranger = createCaller(latchkey.url, strangerToken);
  const database = new DatabaseSync(latchkey.folder.database);
  onTestFinished(() => database.close());
  database.exec(`UPDATE memberships SET role = 'viewer' WHERE user_id = '${viewer.userId}'`);

  const expired = await addToken(latchkey, { expiresAt: latchkey.clock.now() });
  const insiders = {
    token: { reader: bearer(readerToken), viewer: bearer(viewerToken), stranger: bearer(strangerToken) },
    access_key: {
      reader: basic(await caller.addKey(namespaceId, "of a reader", { grants: ["read"] })),
      viewer: basic(viewerKey),
      stranger: basic(await stranger.addKey(await stranger.addNamespace("theirs"))),
    },
  };
  const outsiders = {
    token: {
      "no credential": null,
      garbage: "garbage",
      "an expired token": bearer(expired.token),
      "another scheme": `Digest ${latchkey.token}`,
      "the bare token": latchkey.token,
      "the token as Basic": basic({ id: "token", secret: latchkey.token }),
      "an access key as Basic": basic(key),
      "an access key's secret as bearer": bearer(key.secret),
      "an access key as bearer": bearer(`${key.id}:${key.secret}`),
    },
    access_key: {
      "no credential": null,
      garbage: "garbage",
      "another scheme": `Digest ${basic(key).slice(6)}`,
      "the bare key": `${key.id}:${key.secret}`,
      "the key as bearer": bearer(`${key.id}:${key.secret}`),
      "the token as Basic": basic({ id: latchkey.token, secret: "" }),
      "the token for a secret": basic({ id: key.id, secret: latchkey.token }),
      "the token as bearer": bearer(latchkey.token),
    },
  };

  const ids: Record<string, string> = {
    namespace_id: namespaceId,
    key_id: key.id,
    member_id: latchkey.user.id,
    service_identity_id: serviceIdentityId,
    namespace: namespaceId,
    package: "billing",
    id: "0".repeat(32),
    trigger_name: "nightly",
    file: "none",
  };
  const names: Readonly<Record<string, string>> = {
    package: "billing",
    packagedAction: "charge",
    trigger: "daily",
    rule: "nightly",
  };
  const nameFor = ({ id }: RouteDescription) => names[id.split(".")[0] ?? ""] ?? "hello";
  const ask = async (route: RouteDescription, authorization: string | null) => {
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? nameFor(route));
    const response = await fetch(latchkey.url + path, {
      method: route.method,
      headers: { ...(authorization === null ? {} : { authorization }), "content-type": "application/json" },
      body:
        route.method === "GET"
          ? null
          : JSON.stringify({
              ...{ name: "n", label: `label ${Math.random()}`, region: "fra1", status: "inactive" },
              ...{ dry_run: true, secret: "not one of ours" },
            }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text };
  };
  const contents = (tables: readonly string[]) =>
    tables.map((table) => database.prepare(`SELECT * FROM ${table}`).all());
  const things = () => contents(["access_keys", "access_key_secrets", "entities", "function_code", "schedules"]);
  // What is summed up every few seconds (refusals, first uses) is no change that a refused caller made.
  const changes = () => database.prepare("SELECT * FROM audit_entries WHERE actor_kind <> 'system'").all();
  const everything = () => [...things(), ...contents(["namespaces"]), changes()];
  // Not Ada: what is tried on a member is tried on her.
  const roles = {
    owner: bearer((await addToken(latchkey)).token),
    member: bearer((await addToken(latchkey, { role: "member" })).token),
  };
  return { ask, insiders, outsiders, roles, things, everything };
}

test("every route has a row", () => {
  expect(Object.keys(MATRIX).sort()).toEqual(ALL_ROUTES.map(({ id }) => id).sort());
});

describe("whoever presents no valid credential", () => {
  test("gets the same 401 from every route that asks for one, and nothing happens", async () => {
    const { ask, outsiders, everything } = await start();
    const before = everything();
    for (const route of ALL_ROUTES) {
      if (route.credential === "none") continue;
      for (const [what, authorization] of Object.entries(outsiders[route.credential])) {
        const { status, headers, text } = await ask(route, authorization);
        const requestId = headers.get("x-request-id");
        const isMissing = what === "no credential";
        const expected =
          route.credential === "token"
            ? { id: "unauthorized", message: "Unable to authenticate you.", request_id: requestId }
            : {
                error: isMissing
                  ? "The resource requires authentication, which was not supplied with the request"
                  : "The supplied authentication is invalid",
                code: requestId,
              };
        expect([route.id, what, status, JSON.parse(text)]).toEqual([route.id, what, 401, expected]);
      }
    }
    expect(everything()).toEqual(before);
  }, 30_000);

  test("may ask what is open to all, and a wrong credential is no hindrance there", async () => {
    const { ask, outsiders } = await start();
    for (const route of ALL_ROUTES) {
      const row = MATRIX[route.id];
      if (row === undefined || !("open" in row)) continue;
      const { status } = await ask(route, null);
      expect([route.id, route.credential, status]).toEqual([route.id, "none", row.open]);
      expect((await ask(route, outsiders.token.garbage)).status).toBe(status);
    }
  });
});

describe("whoever presents a valid credential gets no further than it reaches:", () => {
  test.each(["reader", "viewer", "stranger"] as const)("a %s", async (who) => {
    const { ask, insiders, things, everything } = await start();
    // A stranger may create namespaces, in the team of their own.
    const look = who === "stranger" ? things : everything;
    const before = look();
    for (const route of ALL_ROUTES) {
      const row = MATRIX[route.id];
      if (route.credential === "none" || row === undefined || "open" in row) continue;
      if (row[who] === MAY) continue;
      const { status, text } = await ask(route, insiders[route.credential][who]);
      expect([route.id, status, text]).toEqual([route.id, row[who], text]);
    }
    expect(look()).toEqual(before);
  });
});

describe("whoever's token has every scope may do what the permission table says of their role:", () => {
  test.each(["owner", "member"] as const)("an %s", async (role) => {
    const { ask, roles } = await start();
    // Leaving comes last: nobody can do anything afterwards.
    const routes = ALL_ROUTES.filter(({ credential, id }) => credential === "token" && id !== "team.leave");
    const leave = ALL_ROUTES.filter(({ id }) => id === "team.leave");
    for (const route of [...routes, ...leave]) {
      const { status, text } = await ask(route, roles[role]);
      const isRefused = status === 401 || status === 403;
      expect([route.id, isRefused, text]).toEqual([route.id, !mayBe(role, route), text]);
    }
  });
});

const mayBe = (role: Role, { permission }: RouteDescription): boolean =>
  permission !== undefined && isPermitted(role, permission);
