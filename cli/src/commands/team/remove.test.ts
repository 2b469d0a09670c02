import { expect, test } from "vitest";
import { startFakeApi } from "../../../test/fake-api.ts";
import { runCli } from "../../../test/run-cli.ts";

const times = { created_at: "2026-03-01T10:00:00Z", updated_at: "2026-03-01T10:00:00Z" };
const grace = { id: "u2", name: "Grace", email: "grace@example.com", role: "member" };
const key = {
  id: "dof_v1_64bc85eabdf7ce22d376d7d171f7a8b4",
  name: "ci",
  namespace_id: "fn-3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11",
  owner: { id: "u2", name: "Grace", kind: "person" },
  ...times,
  expires_at: null,
  state: "active",
  state_reason: null,
  grants: ["full"],
  allowed_networks: [],
  last_used_at: "2026-03-20T10:00:00Z",
  last_used_from: "203.0.113.7",
  touched: [
    { function: "billing/charge", kind: "invoke", last_at: "2026-03-20T10:00:00Z", count: 12 },
    { function: "billing/charge", kind: "deploy", last_at: "2026-03-02T10:00:00Z", count: 1 },
  ],
};

const trigger = { namespace_id: key.namespace_id, function: "billing/charge", is_enabled: true };
const responsible = { id: "u1", name: "Ada", is_member: true };
const robot = { id: "u3", name: "pipeline", kind: "service", responsible };

test("a dry run shows what would end and who would notice, and removes nobody", async () => {
  const api = await startFakeApi({
    "GET /v2/team/members": { body: { members: [{ ...grace, joined_at: times.created_at, restorable_keys: 0 }] } },
    "GET /v2/team/members/u2/removal-preview": {
      body: {
        member: grace,
        is_last_owner: true,
        access_keys: [key, { ...key, name: "idle", last_used_at: null, last_used_from: null, touched: [] }],
        access_key_count: 3,
        triggers: [
          { ...trigger, name: "nightly", last_run_at: times.updated_at, next_run_at: "2026-03-24T03:00:00Z" },
          { ...trigger, name: "off", is_enabled: false, last_run_at: null, next_run_at: null },
        ],
        api_tokens: [],
        session_count: 1,
        known_secrets: {
          access_keys: [{ id: key.id, name: "nightly", namespace_id: key.namespace_id, owner: robot }],
          api_tokens: [{ id: "t9", name: "deploys", owner: robot }],
          webhook_address: true,
          webhook_secret: true,
        },
        service_identities: [{ id: "u3", name: "pipeline" }],
      },
    },
  });
  const environment = { LATCHKEY_TOKEN: "t", LATCHKEY_API_URL: api.url };
  const { code, stdout, stderr } = await runCli(["team", "remove", "grace@example.com", "--dry-run"], { environment });
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      "Key                                        Name    State     Last Used At               From           Touched In 30 Days",
      `${key.id}    ci      active    2026-03-20 10:00:00 UTC    203.0.113.7    invoke billing/charge (12), deploy billing/charge (1)`,
      `${key.id}    idle    active    never                                     `,
      "",
    ].join("\n"),
  );
  expect(stderr).toBe(
    [
      "With Grace <grace@example.com> would end: 3 access keys, 0 API tokens, 1 session.",
      "Shown: the newest 2 keys.",
      `The scheduled trigger nightly, which has billing/charge invoked, runs in Grace's name and would stop. To have it run in yours: latchkey triggers enable nightly --namespace ${key.namespace_id}`,
      "Grace answers for the service identity pipeline: it lives on, and somebody else has to be named.",
      `Grace may still know the secret of pipeline's access key nightly: latchkey key rotate ${key.id}`,
      "Grace may still know pipeline's API token deploys: make another one, then latchkey token delete t9",
      "The webhook goes to an address that Grace chose.",
      "Grace may still know the webhook's secret: latchkey webhook set URL --new-secret",
      "Grace is the last owner, so the removal would be refused.",
      "",
    ].join("\n"),
  );
  expect(api.asked.map(({ line }) => line)).toEqual([
    "GET /v2/team/members",
    "GET /v2/team/members/u2/removal-preview",
  ]);
});
