import { describe, expect, test } from "vitest";
import { type Asked, startFakeApi } from "../../../test/fake-api.ts";
import { runCli } from "../../../test/run-cli.ts";

const LINK = `https://latchkey.example/invitations#doi_v1_${"a".repeat(64)}`;
const at = "2026-03-01T10:00:00Z";
const member = (id: string, name: string, role: string) => ({
  ...{ id, name, email: `${name.toLowerCase()}@example.com`, role, joined_at: at, restorable_keys: 0 },
});
const members = [member("u1", "Ada", "owner"), member("u2", "Grace", "member"), member("u3", "Joe", "viewer")];
const invitation = {
  ...{ id: "i1", email: "eve@example.com", role: "member", created_at: at, expires_at: at },
  invited_by: { id: "u1", name: "Ada" },
};
const identity = {
  ...{ id: "s1", name: "pipeline", role: "member", created_at: at },
  responsible: { id: "u9", name: "Bob", is_member: false },
};
const token = {
  ...{ id: "k1", name: "ci", scopes: ["function:read"], created_at: at, expires_at: null, last_used_at: at },
  owner: { id: "u1", name: "Ada", kind: "person" },
};

async function world(link: string | null = LINK) {
  const api = await startFakeApi({
    "GET /v2/team/members": { body: { members } },
    "PUT /v2/team/members/u2": { body: { member: { ...members[1], role: "viewer" } } },
    "DELETE /v2/team/members/u2": { status: 204 },
    "GET /v2/team/invitations": { body: { invitations: [invitation] } },
    "POST /v2/team/invitations": { status: 201, body: { invitation: { ...invitation, link } } },
    "POST /v2/team/invitations/i1/resend": { body: { invitation: { ...invitation, link } } },
    "DELETE /v2/team/invitations/i1": { status: 204 },
    "POST /v2/invitations/accept": {
      status: 201,
      body: { team: { id: "t1", name: "Acme", created_at: at, role: "member" }, email: "eve@example.com" },
    },
    "GET /v2/team/service-identities": { body: { service_identities: [identity] } },
    "POST /v2/team/service-identities": { status: 201, body: { service_identity: identity } },
    "PUT /v2/team/service-identities/s1": { body: { service_identity: identity } },
    "DELETE /v2/team/service-identities/s1": { status: 204 },
    "POST /v2/team/service-identities/s1/tokens": { status: 201, body: { api_token: { ...token, secret: "shown" } } },
    "POST /v2/tokens": { status: 201, body: { api_token: { ...token, secret: "shown" } } },
    "GET /v2/tokens": { body: { api_tokens: [token] } },
    "GET /v2/tokens?all=true": { body: { api_tokens: [token] } },
    "DELETE /v2/tokens/k1": { status: 204 },
    "POST /v2/password-resets": { status: 202, body: {} },
    "POST /v2/password-resets/redeem": { status: 204 },
    "PUT /v2/account/password": { status: 204 },
  });
  const environment = { LATCHKEY_TOKEN: "t", LATCHKEY_API_URL: api.url };
  const run = (line: string[], stdin = "") => runCli(line, { environment, stdin });
  const sent = (): unknown => JSON.parse(api.asked.at(-1)?.body ?? "");
  const lines = () => api.asked.map(({ line }: Asked) => line);
  return { api, run, sent, lines };
}

describe("team", () => {
  test.each(["u2", "grace@example.com", "GRACE@example.com", "Grace", "grace"])(
    "a member may be said as %s",
    async (said) => {
      const { run, lines, sent } = await world();
      expect((await run(["team", "set-role", said, "viewer"])).code).toBe(0);
      expect([lines().at(-1), sent()]).toEqual(["PUT /v2/team/members/u2", { role: "viewer" }]);
    },
  );

  test("somebody who is no member is said to be none, and nothing is changed", async () => {
    const { run, lines } = await world();
    const { code, stderr } = await run(["team", "remove", "nobody", "--force"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("latchkey team members")]);
    expect(lines()).toEqual(["GET /v2/team/members"]);
  });

  test("nobody is removed where nobody can say yes, unless forced", async () => {
    const { run, lines } = await world();
    const removed = await run(["team", "remove", "grace"]);
    expect([removed.code, removed.stderr]).toEqual([1, expect.stringContaining("removal of 'grace@example.com' not")]);
    const left = await run(["team", "leave"]);
    expect([left.code, left.stderr]).toEqual([1, expect.stringContaining("end of 'your membership' not confirmed")]);
    expect(lines()).toEqual(["GET /v2/team/members"]);
    expect((await run(["team", "remove", "grace", "--force"])).code).toBe(0);
    expect(lines().at(-1)).toBe("DELETE /v2/team/members/u2");
  });

  test("a link that is to be passed on is shown once, with a warning; its column cannot be left out", async () => {
    const { run, lines } = await world();
    const { stdout, stderr } = await run(["team", "invite", "eve@example.com"]);
    expect(stdout).toContain(LINK);
    expect(stderr).toContain("to nobody else");
    expect((await run(["team", "invite", "eve@example.com", "--format", "Email"])).code).toBe(2);
    expect(lines()).toEqual(["POST /v2/team/invitations"]);
  });

  test("a link that went by e-mail is said to have", async () => {
    const { run } = await world(null);
    const { stdout, stderr } = await run(["team", "resend", "eve@example.com"]);
    expect([stdout, stderr]).toEqual([
      expect.stringContaining("(sent by e-mail)"),
      expect.stringContaining("has been sent to eve@example.com"),
    ]);
  });

  test("an invitation is cancelled by the address it is for", async () => {
    const { run, lines } = await world();
    expect((await run(["team", "cancel", "Eve@example.com"])).code).toBe(0);
    expect(lines().at(-1)).toBe("DELETE /v2/team/invitations/i1");
  });

  test("accepting sends what stands after the # and the password, in the body", async () => {
    const { run, sent, api } = await world();
    const { stderr } = await run(
      ["team", "accept", "--stdin", "--name", "Eve"],
      `${LINK}\na password of that person\n`,
    );
    expect(sent()).toEqual({
      ...{ secret: LINK.split("#")[1], password: "a password of that person", name: "Eve" },
    });
    expect(api.asked.at(-1)?.authorization).toBeUndefined();
    expect(stderr).toContain("latchkey login --email eve@example.com");
    expect((await run(["team", "accept", "--stdin"], LINK)).code).toBe(2);
    expect((await run(["team", "accept"])).code).toBe(2);
  });
});

describe("token", () => {
  test("create asks for scopes and an end before anything is sent, and shows the token once", async () => {
    const { run, sent, lines } = await world();
    expect((await run(["token", "create", "-n", "ci", "-e", "30d"])).code).toBe(2);
    expect((await run(["token", "create", "-n", "ci", "--scope", "function:read"])).code).toBe(2);
    expect(lines()).toEqual([]);
    const { stdout } = await run(["token", "create", "-n", "ci", "-e", "30d", "--scope", "function:read"]);
    expect(stdout).toContain("shown");
    expect(sent()).toEqual({ name: "ci", scopes: ["function:read"], expires_in: "30d" });
  });

  test("create makes one of a service identity that is named", async () => {
    const { run, lines } = await world();
    const line = ["token", "create", "-n", "ci", "-e", "never", "--scope", "function:admin", "--identity", "pipeline"];
    expect((await run(line)).code).toBe(0);
    expect(lines().at(-1)).toBe("POST /v2/team/service-identities/s1/tokens");
  });

  test("list says whose they are and when they were used; --all asks for everybody's", async () => {
    const { run, lines } = await world();
    expect((await run(["token", "list"])).stdout).toMatch(/ci +Ada +function:read +2026-03-01 10:00:00 UTC/);
    await run(["token", "ls", "--all"]);
    expect(lines()).toEqual(["GET /v2/tokens", "GET /v2/tokens?all=true"]);
  });

  test("delete asks first", async () => {
    const { run, lines } = await world();
    expect((await run(["token", "delete", "k1"])).code).toBe(1);
    expect(lines()).toEqual([]);
    expect((await run(["token", "rm", "k1", "-f"])).code).toBe(0);
  });
});

describe("identity", () => {
  test("list says who answers for each, and that somebody has left", async () => {
    const { run } = await world();
    expect((await run(["identity", "list"])).stdout).toContain("Bob (has left the team)");
  });

  test("the responsible person is found by name, and what is not said stays as it is", async () => {
    const { run, sent } = await world();
    await run(["identity", "create", "--name", "pipeline", "--responsible", "Grace", "--role", "viewer"]);
    expect(sent()).toEqual({ name: "pipeline", role: "viewer", responsible_id: "u2" });
    await run(["identity", "update", "pipeline", "--responsible", "joe@example.com"]);
    expect(sent()).toEqual({ responsible_id: "u3" });
    expect((await run(["identity", "update", "pipeline"])).code).toBe(2);
  });

  test("delete asks first", async () => {
    const { run, lines } = await world();
    expect((await run(["identity", "delete", "pipeline"])).code).toBe(1);
    expect((await run(["identity", "delete", "pipeline", "--force"])).code).toBe(0);
    expect(lines().at(-1)).toBe("DELETE /v2/team/service-identities/s1");
  });
});

describe("password", () => {
  test("set takes the new one and the present one, in this order", async () => {
    const { run, sent } = await world();
    await run(["password", "set", "--stdin"], "the new password\nthe present one\n");
    expect(sent()).toEqual({ new_password: "the new password", current_password: "the present one" });
    await run(["password", "set", "--stdin"], "the new password\n");
    expect(sent()).toEqual({ new_password: "the new password" });
  });

  test("redeem takes the whole link", async () => {
    const { run, sent } = await world();
    await run(["password", "redeem", "--stdin"], "https://x/password-resets#dor_v1_1\r\nthe new password\r\n");
    expect(sent()).toEqual({ secret: "dor_v1_1", new_password: "the new password" });
  });

  test("forgot does not say whether there is such a person", async () => {
    const { run } = await world();
    expect((await run(["password", "forgot", "ada@example.com"])).stderr).toContain("If there is somebody");
  });
});
