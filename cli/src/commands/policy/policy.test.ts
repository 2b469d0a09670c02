import type { PolicyInput } from "@latchkey/contract/policy";
import { describe, expect, test } from "vitest";
import { type Asked, startFakeApi } from "../../../test/fake-api.ts";
import { runCli } from "../../../test/run-cli.ts";

const FN = "fn-3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11";
const PRESENT: PolicyInput = {
  longest_lifetime_days: null,
  never_allowed: true,
  most_keys_per_person: 5,
  suspend_unused_days: null,
  allowed_networks: null,
  service_keys: "owners",
};
const standing = { policy: PRESENT, in_force: { ...PRESENT, longest_lifetime_days: 30 }, updated_at: null };
const touched = {
  id: "dof_v1_64bc85eabdf7ce22d376d7d171f7a8b4",
  name: "ci",
  namespace_id: FN,
  owner: { id: "u1", name: "Ada", kind: "person" },
  expires_at: null,
  last_used_at: null,
  effects: [
    { kind: "expiry_shortened", expires_at: "2026-03-30T10:00:00Z" },
    { kind: "last_address_refused", address: "192.0.2.1", last_used_at: "2026-03-01T10:00:00Z" },
  ],
};
const namespace = { api_host: "", namespace: FN, label: "demo", region: "nyc1", uuid: "", key: "" };
const times = { created_at: "2026-03-01T10:00:00Z", updated_at: "2026-03-01T10:00:00Z" };

/** A server with this policy, where changing it touches these keys. */
async function world(keys: readonly object[] = []) {
  const sent: { policy?: PolicyInput; grace_days?: number }[] = [];
  const changed = ({ body }: Asked) => {
    sent.push(JSON.parse(body));
    return {
      body: { ...standing, effects: { keys, people_above_most_keys: [{ owner: touched.owner, keys: 7, most: 5 }] } },
    };
  };
  const preset = { longest_lifetime_days: 90, never_allowed: false, suspend_unused_days: 45 };
  const ofNamespace = `/v2/functions/namespaces/${FN}/policy`;
  const api = await startFakeApi({
    "GET /v2/functions/namespaces": { body: { namespaces: [{ ...namespace, ...times }] } },
    "GET /v2/team/policy": { body: standing },
    [`GET ${ofNamespace}`]: { body: standing },
    "GET /v2/team/policy/presets": { body: { presets: [{ name: "cis", about: "as CIS has it", policy: preset }] } },
    "POST /v2/team/policy/preview": changed,
    "PUT /v2/team/policy": changed,
    [`POST ${ofNamespace}/preview`]: changed,
    [`PUT ${ofNamespace}`]: changed,
  });
  const environment = { LATCHKEY_TOKEN: "t", LATCHKEY_API_URL: api.url };
  const run = (...line: string[]) => runCli(["policy", ...line], { environment });
  const lines = () => api.asked.map(({ line }) => line).filter((line) => line.includes("policy"));
  return { run, sent, lines };
}

test("what is set stands beside what counts", async () => {
  const { stdout } = await (await world()).run("show", "--namespace", "demo");
  expect(stdout.split("\n").slice(0, 4)).toEqual([
    "Rule                              Set Here    In Force",
    "Longest lifetime                  no limit    30 days",
    "Keys that never expire            allowed     allowed",
    "Most keys per person              5           5",
  ]);
});

test("a preset is listed with its rules", async () => {
  const { stdout } = await (await world()).run("presets", "--format", "Name,Rules", "--no-header");
  expect(stdout).toBe(
    "cis    Longest lifetime: 90 days; Keys that never expire: forbidden; Suspended when unused for: 45 days\n",
  );
});

describe("a change", () => {
  const change = async (...options: string[]) => {
    const { run, sent } = await world();
    const { code, stderr } = await run("preview", ...options);
    return code === 0 ? sent[0] : `${code} ${stderr.split("\n")[0]}`;
  };
  test.each([
    [["--longest-lifetime", "90d"], { longest_lifetime_days: 90, never_allowed: false }],
    [["--longest-lifetime", "none"], {}],
    [["--never", "forbidden"], { never_allowed: false }],
    [["--most-keys", "none", "--suspend-unused", "45"], { most_keys_per_person: null, suspend_unused_days: 45 }],
    [["--allow-network", "10.0.0.0/8", "--allow-network", "::1"], { allowed_networks: ["10.0.0.0/8", "::1"] }],
    [["--allow-network", "anywhere"], {}],
    [["--service-keys", "members"], { service_keys: "members" }],
    [["--preset", "cis"], { longest_lifetime_days: 90, never_allowed: false, suspend_unused_days: 45 }],
    [
      ["--preset", "cis", "--suspend-unused", "none"],
      { longest_lifetime_days: 90, never_allowed: false, suspend_unused_days: null },
    ],
  ])("%j leaves every other rule as it is", async (options, changes) => {
    expect(await change(...options)).toEqual({ policy: { ...PRESENT, ...changes } });
  });

  test("takes the grace in days", async () => {
    expect(await change("--most-keys", "3", "--grace", "14d")).toEqual({
      policy: { ...PRESENT, most_keys_per_person: 3 },
      grace_days: 14,
    });
  });

  test.each([
    [[], "2 Error: nothing to change was given"],
    [["--longest-lifetime", "3 months"], "2 Error: --longest-lifetime is '3 months'"],
    [["--most-keys", "-1"], "2 Error: --most-keys is '-1'"],
    [["--allow-network", "anywhere", "--allow-network", "::1"], "2 Error: --allow-network says anywhere and a network"],
    [["--preset", "nist"], "1 Error: there is no preset 'nist'"],
  ])("%j makes no sense", async (options, expected) => expect(await change(...options)).toBe(expected));
});

test("the preview shows what happens to each key, and changes nothing", async () => {
  const { run, lines } = await world([touched]);
  const { stdout, stderr } = await run("preview", "--preset", "cis", "--namespace", "demo");
  expect(stdout.split("\n")).toEqual([
    "Key                                        Name    Owner    What Happens",
    `${touched.id}    ci      Ada      expires 2026-03-30 10:00:00 UTC`,
    `${touched.id}    ci      Ada      refused from 192.0.2.1, where it was last used 2026-03-01 10:00:00 UTC`,
    "",
  ]);
  expect(stderr).toBe("Keys touched: 1.\nAda has 7 keys and may have 5: they stay, and no more can be created.\n");
  expect(lines().filter((line) => line.startsWith("PUT"))).toEqual([]);
});

describe("setting a policy", () => {
  test("that touches no key asks nothing", async () => {
    const { run, lines } = await world();
    const { code, stderr } = await run("set", "--most-keys", "9");
    expect([code, stderr.split("\n")[0]]).toEqual([0, "Policy set."]);
    expect(lines()).toEqual(["GET /v2/team/policy", "POST /v2/team/policy/preview", "PUT /v2/team/policy"]);
  });

  test("that touches keys does nothing where nobody can say yes", async () => {
    const { run, lines } = await world([touched]);
    const { code, stderr } = await run("set", "--preset", "cis");
    expect([code, stderr.split("\n")[0]]).toEqual([
      1,
      "Error: the policy would touch 1 access key; not confirmed, doing nothing",
    ]);
    expect(lines()).not.toContain("PUT /v2/team/policy");
  });

  test("is done without asking where it is forced", async () => {
    const { run, lines, sent } = await world([touched]);
    expect((await run("set", "--preset", "cis", "--namespace", "demo", "--force")).code).toBe(0);
    expect(lines().at(-1)).toBe(`PUT /v2/functions/namespaces/${FN}/policy`);
    expect(sent[0]?.policy?.suspend_unused_days).toBe(45);
  });
});
