import { expect, test } from "vitest";
import { type Asked, startFakeApi } from "../../../test/fake-api.ts";
import { runCli } from "../../../test/run-cli.ts";

const FN = "fn-3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11";
const ID = "dof_v1_64bc85eabdf7ce22d376d7d171f7a8b4";
const SECRET = "zRIyaGNDya2xqFQBB0hyXR5qWNYXeVl0";
const KEY = `/v2/functions/namespaces/${FN}/keys/${ID}`;
const TIME = "2026-03-01T10:00:00Z";
const GRACE = "7b0d8c52-7c5e-4a0e-9a55-0c8f6a1f8a11";
const ROBOT = "9b0d8c52-7c5e-4a0e-9a55-0c8f6a1f8a11";

const key = {
  id: ID,
  name: "my-dev-key",
  expires_at: null,
  created_at: TIME,
  updated_at: TIME,
  last_used_at: TIME,
  state: "active",
  state_reason: null,
  owner: { id: GRACE, name: "Grace", kind: "person" },
  grants: ["full"],
  allowed_networks: [],
};
const inTeam = { ...key, namespace_id: FN, last_used_from: "203.0.113.7" };
const member = {
  id: GRACE,
  name: "Grace",
  email: "grace@example.com",
  role: "member",
  joined_at: TIME,
  restorable_keys: 0,
};
const robot = {
  id: ROBOT,
  name: "robot",
  role: "member",
  responsible: { id: GRACE, name: "Grace", is_member: true },
  created_at: TIME,
};
const namespace = { api_host: "h", namespace: FN, label: "demo", region: "nyc1", created_at: TIME, updated_at: TIME };

/** A server that says that revoking all would end so many keys. */
async function world({ count = 1 } = {}) {
  const preview = { dry_run: true, count, access_keys: count === 0 ? [] : [inTeam] };
  const revoke = ({ body }: Asked) => ({
    body: JSON.parse(body).dry_run === true ? preview : { dry_run: false, revoked_at: TIME },
  });
  const api = await startFakeApi({
    "GET /v2/functions/namespaces": { body: { namespaces: [{ ...namespace, uuid: "", key: "" }] } },
    "GET /v2/team/members": { body: { members: [member] } },
    "GET /v2/team/service-identities": { body: { service_identities: [robot] } },
    [`POST ${KEY}/suspend`]: { body: { access_key: { ...key, state: "suspended", state_reason: "lost laptop" } } },
    [`POST ${KEY}/resume`]: { body: { access_key: key } },
    [`POST ${KEY}/hand-over`]: {
      status: 201,
      body: { access_key: { ...key, secret: SECRET }, previous_key_expires_at: TIME },
    },
    [`POST /v2/team/service-identities/${ROBOT}/keys`]: {
      status: 201,
      body: { access_key: { ...key, secret: SECRET } },
    },
    "POST /v2/team/revoke-keys": revoke,
    [`POST /v2/team/members/${GRACE}/revoke-keys`]: revoke,
    [`POST /v2/functions/namespaces/${FN}/revoke-keys`]: revoke,
    [`POST /v2/team/members/${GRACE}/restore-keys`]: { body: { access_keys: [inTeam], count: 1, left_out: 2 } },
    "POST /v2/keys/revoke": { status: 202, body: {} },
  });
  const environment = { LATCHKEY_TOKEN: "t", LATCHKEY_API_URL: api.url };
  const run = (line: readonly string[], stdin = "") => runCli(line, { environment, stdin });
  const bodies = () => api.asked.flatMap(({ line, body }) => (line.startsWith("POST") ? [[line, body]] : []));
  return { api, run, bodies };
}

test("suspend says why, if there is a reason, and how to resume", async () => {
  const { run, bodies } = await world();
  const { code, stderr } = await run(["key", "suspend", ID, "--namespace", "demo", "--reason", "lost laptop"]);
  expect([code, stderr]).toEqual([0, `Key ${ID} is suspended. To let it in again: latchkey key resume ${ID}\n`]);
  await run(["key", "suspend", ID, "--namespace", "demo"]);
  expect(bodies().map(([, body]) => body)).toEqual(['{"reason":"lost laptop"}', "{}"]);
});

test("resume lets a key in again", async () => {
  const { run } = await world();
  const { code, stderr } = await run(["key", "resume", ID, "--namespace", "demo"]);
  expect([code, stderr]).toEqual([0, `Key ${ID} is let in again.\n`]);
});

test("hand-over finds the service identity by its name, and shows the new secret", async () => {
  const { run, bodies } = await world();
  const line = ["key", "hand-over", ID, "--namespace", "demo", "--identity", "robot", "--overlap", "7d"];
  const { code, stdout, stderr } = await run(line);
  expect(code).toBe(0);
  expect(stdout).toContain(SECRET);
  expect(stderr).toMatch(/^The old key is good until 2026-03-01 10:00:00 UTC\.\nNotice: /);
  expect(bodies()).toEqual([[`POST ${KEY}/hand-over`, `{"service_identity_id":"${ROBOT}","overlap":"7d"}`]]);
});

test("create --identity makes a service identity's key", async () => {
  const { run, bodies } = await world();
  await run(["key", "create", "--namespace", "demo", "-n", "nightly", "-e", "90d", "--identity", "robot"]);
  const body = JSON.stringify({ name: "nightly", expires_in: "90d", namespace_id: FN });
  expect(bodies()).toEqual([[`POST /v2/team/service-identities/${ROBOT}/keys`, body]]);
});

test.each([
  { of: ["--team"], path: "/v2/team" },
  { of: ["--member", "grace@example.com"], path: `/v2/team/members/${GRACE}` },
  { of: ["--namespace", "demo"], path: `/v2/functions/namespaces/${FN}` },
])("revoke-all $of: --dry-run shows the keys and ends none, --force ends them unasked", async ({ of, path }) => {
  const { run, bodies } = await world();
  const { code, stdout } = await run(["key", "revoke-all", ...of, "--dry-run"]);
  expect(code).toBe(0);
  expect(stdout).toContain("my-dev-key");
  expect(await run(["key", "revoke-all", ...of, "--force"])).toMatchObject({ code: 0, stdout: "" });
  expect(bodies()).toEqual([
    [`POST ${path}/revoke-keys`, '{"dry_run":true}'],
    [`POST ${path}/revoke-keys`, '{"dry_run":false}'],
  ]);
});

test("revoke-all asks, with the numbers in the question; where nobody can answer it does nothing", async () => {
  const { run, bodies } = await world({ count: 3 });
  const { code, stderr } = await run(["key", "revoke-all", "--member", "Grace"]);
  expect(code).toBe(1);
  expect(stderr).toContain("Requires confirmation");
  expect(stderr).toContain("revocation of 'all keys of Grace' not confirmed");
  expect(bodies().map(([, body]) => body)).toEqual(['{"dry_run":true}']);
});

test("revoke-all has nothing to ask where there is no key", async () => {
  const { run, bodies } = await world({ count: 0 });
  const { code, stderr } = await run(["key", "revoke-all", "--team"]);
  expect([code, stderr]).toEqual([0, "All of the team: 0 access keys in 0 namespaces, none of them ever used.\n"]);
  expect(bodies().map(([, body]) => body)).toEqual(['{"dry_run":true}']);
});

test.each([
  { of: [] },
  { of: ["--team", "--member", "Grace"] },
  { of: ["--namespace", "demo", "--identity", "robot"] },
])("revoke-all $of: whose keys is not clear", async ({ of }) => {
  const { api, run } = await world();
  expect(await run(["key", "revoke-all", ...of, "--force"])).toMatchObject({ code: 2, stdout: "" });
  expect(api.asked).toEqual([]);
});

test("revoke-found takes the secret from standard input, sends no credential, and repeats nothing of it", async () => {
  const { api, run } = await world();
  const { code, stdout, stderr } = await run(["key", "revoke-found", "--secret-stdin"], `${ID}:${SECRET}\n`);
  expect([code, stdout, stderr]).toEqual([0, "", "If it opened anything, it does not any more.\n"]);
  expect(api.asked.map(({ body }) => body)).toEqual([JSON.stringify({ secret: `${ID}:${SECRET}` })]);
});

test("revoke-found takes no secret from where nobody types one", async () => {
  const { api, run } = await world();
  expect(await run(["key", "revoke-found"])).toMatchObject({ code: 2, stdout: "" });
  expect(api.asked).toEqual([]);
});

test("restore-keys shows what came back, and says that there was no room for all", async () => {
  const { run, bodies } = await world();
  const { code, stdout, stderr } = await run(["team", "restore-keys", "grace@example.com"]);
  expect(code).toBe(0);
  expect(stdout).toContain("my-dev-key");
  expect(stderr).toContain("so 2 older keys stayed out");
  expect(bodies()).toEqual([[`POST /v2/team/members/${GRACE}/restore-keys`, '{"dry_run":false}']]);
});
