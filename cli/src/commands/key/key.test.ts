import { describe, expect, test } from "vitest";
import { startFakeApi } from "../../../test/fake-api.ts";
import { runCli } from "../../../test/run-cli.ts";

const FN = "fn-3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11";
const ID = "dof_v1_64bc85eabdf7ce22d376d7d171f7a8b4";
const SECRET = "zRIyaGNDya2xqFQBB0hyXR5qWNYXeVl0";
const NAMESPACES = "GET /v2/functions/namespaces";
const KEYS = `/v2/functions/namespaces/${FN}/keys`;

const key = (name: string, expires_at: string | null = "2026-03-08T10:00:00Z") => ({
  id: ID,
  name,
  expires_at,
  created_at: "2026-03-01T10:00:00Z",
  updated_at: "2026-03-01T10:00:00Z",
  last_used_at: null,
  state: "active",
  state_reason: null,
  owner: { id: "u1", name: "Ada", kind: "person" },
  grants: ["full"],
  allowed_networks: [],
});
const namespaces = {
  namespaces: [
    {
      api_host: "http://h",
      namespace: FN,
      label: "demo",
      region: "nyc1",
      created_at: "2026-03-01T10:00:00Z",
      updated_at: "2026-03-01T10:00:00Z",
      uuid: "",
      key: "",
    },
  ],
};

/** A server with one key in the namespace `demo`. */
async function world({ secretsEnded = 0 } = {}) {
  const created = { access_key: { ...key("my-dev-key"), secret: SECRET } };
  const api = await startFakeApi({
    [NAMESPACES]: { body: namespaces },
    [`POST ${KEYS}`]: { status: 201, body: created },
    [`POST ${KEYS}/${ID}/rotate`]: {
      body: { ...created, previous_secret_expires_at: "2026-03-02T10:00:00Z", secrets_ended: secretsEnded },
    },
    [`GET ${KEYS}`]: { body: { access_keys: [key("my-dev-key"), key("forever", null)], count: 2 } },
    [`GET ${KEYS}/${ID}`]: { body: { access_key: key("my-dev-key") } },
    [`PUT ${KEYS}/${ID}`]: { body: { access_key: key("renamed") } },
    [`DELETE ${KEYS}/${ID}`]: { body: {} },
  });
  const environment = { LATCHKEY_TOKEN: "t", LATCHKEY_API_URL: api.url };
  const run = (...line: string[]) => runCli(["key", ...line, "--namespace", "demo"], { environment });
  return { api, run, environment, created };
}

describe("key create", () => {
  test("prints doctl's table, and what to know about it beside it", async () => {
    const { run } = await world();
    const { code, stdout, stderr } = await run("create", "--name", "my-dev-key", "--expiration", "7d");
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "ID                                         Name          Secret                              Created At                 Expires At",
        `${ID}    my-dev-key    ${SECRET}    2026-03-01 10:00:00 UTC    2026-03-08 10:00:00 UTC`,
        "",
      ].join("\n"),
    );
    expect(stderr).toBe(
      [
        'Notice: The secret key for "my-dev-key" is shown below.',
        "Please save this secret. You will not be able to see it again.",
        "To connect with it: latchkey connect, which asks for ID:Secret.",
        "",
        "",
      ].join("\n"),
    );
  });

  test("as JSON it is the API's answer and nothing else, and nobody talks", async () => {
    const { run, created } = await world();
    const { stdout, stderr } = await run("create", "--name", "my-dev-key", "--expiration", "7d", "-o", "json");
    expect(JSON.parse(stdout)).toEqual(created);
    expect(stderr).toBe("");
  });

  test("sends what was asked for, and leaves out what was not", async () => {
    const { api, run } = await world();
    await run("create", "-n", "a", "-e", " 7d ");
    await run(
      "create",
      "-n",
      "b",
      "-e",
      "never",
      "--grant",
      "read",
      "--grant",
      "invoke:billing/*",
      "--allow-network",
      "10.0.0.0/8",
    );
    const bodies = api.asked.filter(({ line }) => line.startsWith("POST")).map(({ body }): unknown => JSON.parse(body));
    expect(bodies).toEqual([
      { name: "a", expires_in: "7d" },
      { name: "b", expires_in: "never", grants: ["read", "invoke:billing/*"], allowed_networks: ["10.0.0.0/8"] },
    ]);
  });

  test.each([
    { what: "columns without the secret", line: ["-n", "a", "-e", "7d", "--format", "ID,Name"] },
    { what: "an unknown column", line: ["-n", "a", "-e", "7d", "--format", "ID,Secret,Nope"] },
    { what: "a bad expiration", line: ["-n", "a", "-e", "30m"] },
    { what: "no expiration", line: ["-n", "a"] },
    { what: "no name", line: ["-e", "7d"] },
  ])("$what: refused while there is no secret to lose yet", async ({ line }) => {
    const { api, run } = await world();
    expect(await run("create", ...line)).toMatchObject({ code: 2, stdout: "" });
    expect(api.asked).toEqual([]);
  });

  test("id and secret alone, for a script", async () => {
    const { run } = await world();
    const { stdout } = await run("create", "-n", "a", "-e", "7d", "--format", "ID,Secret", "--no-header", "-q");
    expect(stdout).toBe(`${ID}    ${SECRET}\n`);
  });
});

describe("the other key commands", () => {
  test("list prints doctl's table; a key that does not expire has an empty cell", async () => {
    const { run } = await world();
    expect((await run("list")).stdout).toBe(
      [
        "ID                                         Name          Created At                 Expires At",
        `${ID}    my-dev-key    2026-03-01 10:00:00 UTC    2026-03-08 10:00:00 UTC`,
        `${ID}    forever       2026-03-01 10:00:00 UTC    `,
        "",
      ].join("\n"),
    );
  });

  test("list can show who holds a key and what it may do", async () => {
    const { run } = await world();
    const { stdout } = await run("ls", "--format", "Owner,State,Grants,AllowedNetworks", "--no-header");
    expect(stdout).toBe("Ada    active    full    anywhere\nAda    active    full    anywhere\n");
  });

  test("there is no secret to be listed", async () => {
    const { run } = await world();
    expect((await run("list", "--format", "Secret")).stderr).toContain('unknown column "Secret"');
  });

  test("get shows all of it", async () => {
    const { run } = await world();
    expect((await run("get", ID)).stdout).toMatch(/^ID .*Owner .*State .*Grants .*Last Used At\n/);
  });

  test("update renames", async () => {
    const { api, run } = await world();
    expect((await run("update", ID, "--name", "renamed")).stdout).toContain("renamed");
    expect(api.asked.at(-1)).toMatchObject({ line: `PUT ${KEYS}/${ID}`, body: '{"name":"renamed"}' });
  });

  test("rotate shows the new secret and says how long the old one lives", async () => {
    const { api, run } = await world();
    const { stdout, stderr } = await run("rotate", ID, "--overlap", "0");
    expect(stdout).toContain(SECRET);
    expect(stderr).toMatch(/^The old secret is good until 2026-03-02 10:00:00 UTC\.\nNotice: /);
    expect(api.asked.at(-1)?.body).toBe('{"overlap":"0"}');
  });

  test("rotate says that an older secret ended for the new one", async () => {
    const { run } = await world({ secretsEnded: 1 });
    const { stderr } = await run("rotate", ID);
    expect(stderr).toContain("so the oldest of them has ended at once");
  });

  test("rotate without --overlap leaves it to the server", async () => {
    const { api, run } = await world();
    await run("rotate", ID);
    expect(api.asked.at(-1)?.body).toBe("");
  });

  test("delete asks; where nobody can answer it does nothing, in doctl's words", async () => {
    const { api, run } = await world();
    const { code, stdout, stderr } = await run("delete", ID);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^Warning: Deleting this key is a permanent action\.\nWarning: Requires confirmation\. Use the `--force` flag to continue without confirmation\.\nError: /,
    );
    expect(api.asked.some(({ line }) => line.startsWith("DELETE"))).toBe(false);
  });

  test("delete --force does not ask", async () => {
    const { run } = await world();
    expect(await run("rm", ID, "-f")).toEqual({ code: 0, stdout: "", stderr: `Key ${ID} has been deleted.\n` });
    expect(await run("rm", ID, "-f", "-o", "json")).toEqual({ code: 0, stdout: "{}\n", stderr: "" });
  });

  test("a key called .. is not taken for the namespace that it is in", async () => {
    const { api, run } = await world();
    expect(await run("delete", "..", "--force")).toMatchObject({ code: 2 });
    expect(api.asked.map(({ line }) => line)).toEqual([NAMESPACES]);
  });

  test("a namespace that there is not is told in doctl's words", async () => {
    const { environment } = await world();
    const { code, stderr } = await runCli(["key", "list", "--namespace", "nope"], { environment });
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("namespace 'nope' not found. Use exact namespace ID or label"),
    });
  });

  test("without --namespace and without a connection, it asks which", async () => {
    const { environment } = await world();
    const { code, stderr } = await runCli(["key", "list"], { environment });
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("--namespace <label or id>") });
  });
});
