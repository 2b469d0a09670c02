import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type Answer, startFakeApi } from "../../../test/fake-api.ts";
import { runCli, temporaryFolder } from "../../../test/run-cli.ts";

const FN = "fn-3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11";
const OTHER = "fn-00000000-7c5e-4a0e-9a55-0c8f6a1f8a11";
const KEY = "dof_v1_64bc85eabdf7ce22d376d7d171f7a8b4";
const SECRET = "dofs_v1_abc";
const PAIR = `${KEY}:${SECRET}`;
const BASIC = `Basic ${btoa(PAIR)}`;
const OWN = "GET /api/v1/namespaces";
const TEAMS = "GET /v2/functions/namespaces";
const refused = { status: 401, body: { error: "The supplied authentication is invalid.", code: "abc123" } };
const opens =
  (namespace: string) =>
  ({ authorization }: { authorization: string | undefined }): Answer =>
    authorization === BASIC ? { body: [namespace] } : refused;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** A server whose key opens FN, and an environment that points to it. */
async function world(answers: Parameters<typeof startFakeApi>[0] = {}) {
  const api = await startFakeApi({ [OWN]: opens(FN), ...answers });
  return { api, environment: { LATCHKEY_API_URL: api.url, LATCHKEY_CONFIG_DIR: folder } };
}
const connect = (environment: Record<string, string>, stdin = PAIR, ...line: string[]) =>
  runCli(["connect", ...line, "--access-key-stdin"], { environment, stdin });

describe("connecting takes the key alone", () => {
  test("from standard input, and says where to as doctl does", async () => {
    const { api, environment } = await world();
    expect(await connect(environment)).toEqual({
      code: 0,
      stdout: `Connected to functions namespace '${FN}' on API host '${api.url}'\n`,
      stderr: "",
    });
    expect(api.asked.map(({ line }) => line)).toEqual([OWN]);
  });

  test("the JSON of key create will do", async () => {
    const { environment } = await world();
    const created = JSON.stringify({ access_key: { id: KEY, name: "x", secret: SECRET } });
    expect(await connect(environment, created)).toMatchObject({ code: 0 });
  });

  test("nothing that is printed has the secret in it, JSON included", async () => {
    const { environment } = await world();
    const runs = [
      await connect(environment, PAIR, "-o", "json"),
      await runCli(["connections", "list", "-o", "json"], { environment }),
      await runCli(["status", "--credentials", "-o", "json"], { environment }),
      await runCli(["status", "--credentials"], { environment }),
      await runCli(["connections", "use", FN, "-o", "json"], { environment }),
      await runCli(["connections", "forget", FN, "-o", "json"], { environment }),
    ];
    for (const { code, stdout, stderr } of runs) {
      expect(code).toBe(0);
      expect(stdout + stderr).toContain(FN);
      expect(stdout + stderr).not.toContain("dofs_v1_");
    }
    expect(JSON.parse(runs[0]?.stdout ?? "")).toEqual({
      namespace: FN,
      label: null,
      api_host: environment.LATCHKEY_API_URL,
      access_key_id: KEY,
    });
  });

  test("on the command line it works, with a warning", async () => {
    const { environment } = await world();
    const { code, stderr } = await runCli(["connect", "--access-key", PAIR], { environment });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Warning: .*can be seen by others.*--access-key-stdin\n$/);
  });

  test("without a key and without anybody to ask, it says how to give one", async () => {
    const { api, environment } = await world();
    const { code, stderr } = await runCli(["connect"], { environment, stdin: PAIR });
    expect(code).toBe(2);
    expect(stderr).toContain("--access-key-stdin < key.txt");
    expect(api.asked).toEqual([]);
  });

  test("two keys are one too many", async () => {
    const { environment } = await world();
    expect((await connect(environment, PAIR, "--access-key", PAIR)).code).toBe(2);
  });

  test("a key that the server refuses is not kept", async () => {
    const { environment } = await world();
    const { code, stderr } = await connect(environment, `${KEY}:wrong`);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "Error: failed to connect with provided access-key: The supplied authentication is invalid. (request abc123)\n",
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a namespace whose name would be a path is not connected to", async () => {
    const { environment } = await world({ [OWN]: { body: ["../../precious"] } });
    expect((await connect(environment)).code).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("the namespace may be named by its id, and must then be the key's", async () => {
    const { environment } = await world();
    expect((await connect(environment, PAIR, FN)).code).toBe(0);
    const { code, stderr } = await connect(environment, PAIR, OTHER);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`access-key does not match namespace '${OTHER}'`),
    });
  });
});

describe("with an API token, connecting knows labels and hosts", () => {
  const namespaceOn = (api_host: string, namespace = FN, label = "demo") => ({
    api_host,
    namespace,
    label,
    region: "nyc1",
    created_at: "2026-03-01T10:00:00Z",
    updated_at: "2026-03-01T10:00:00Z",
    uuid: "",
    key: "",
  });

  test("the data plane is where the namespace says it is", async () => {
    const data = await startFakeApi({ [OWN]: opens(FN) });
    const { environment } = await world({
      [TEAMS]: { body: { namespaces: [namespaceOn(data.url), namespaceOn("http://127.0.0.1:9", OTHER, "other")] } },
      [OWN]: refused,
    });
    const { stdout } = await connect({ ...environment, LATCHKEY_TOKEN: "t" }, PAIR, "dem");
    expect(stdout).toBe(`Connected to functions namespace '${FN}' on API host '${data.url}' (label=demo)\n`);
  });

  test("without being named it is found by its key", async () => {
    const data = await startFakeApi({ [OWN]: opens(FN) });
    const { environment } = await world({ [TEAMS]: { body: { namespaces: [namespaceOn(data.url)] } } });
    const { stdout } = await connect({ ...environment, LATCHKEY_TOKEN: "t" });
    expect(stdout).toBe(`Connected to functions namespace '${FN}' on API host '${data.url}' (label=demo)\n`);
    expect((await runCli(["status"], { environment })).stdout).toContain(`API host '${data.url}' (label=demo)\n`);
  });

  test("a token that is no good any more stops nothing", async () => {
    const { environment } = await world({
      [TEAMS]: { status: 401, body: { id: "unauthorized", message: "Unable to authenticate you.", request_id: "r" } },
    });
    const { code, stderr } = await connect({ ...environment, LATCHKEY_TOKEN: "old" });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Warning: your API token cannot list namespaces.*Unable to authenticate you\./);
  });
});

describe("several connections, one in use", () => {
  async function twoConnections() {
    const { environment } = await world();
    const second = await startFakeApi({ [OWN]: opens(OTHER) });
    await connect(environment);
    await connect({ ...environment, LATCHKEY_API_URL: second.url });
    return { environment, hosts: [second.url, environment.LATCHKEY_API_URL] as const };
  }

  test("the newest is in use, and the others are kept", async () => {
    const { environment, hosts } = await twoConnections();
    const { stdout } = await runCli(["connections", "list", "--format", "Current,ID,Host", "--no-header"], {
      environment,
    });
    expect(stdout).toBe(`*    ${OTHER}    ${hosts[0]}\n     ${FN}    ${hosts[1]}\n`);
  });

  test("another one can be used, and the one in use forgotten", async () => {
    const { environment } = await twoConnections();
    expect((await runCli(["connections", "use", FN], { environment })).stdout).toContain(FN);
    expect((await runCli(["status"], { environment })).stdout).toContain(FN);
    expect((await runCli(["connections", "forget", FN], { environment })).code).toBe(0);
    expect((await runCli(["status"], { environment })).stderr).toContain("Not connected");
    expect(readdirSync(join(folder, "connections"))).toEqual([`${OTHER}.json`]);
  });

  test("one that is not kept cannot be used", async () => {
    const { environment } = await world();
    const { code, stderr } = await runCli(["connections", "use", "nope"], { environment });
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("no connection to 'nope'") });
  });
});

describe("status asks the server", () => {
  test("a key that was revoked since is not connected", async () => {
    let alive = true;
    const { environment } = await world({ [OWN]: (asked) => (alive ? opens(FN)(asked) : refused) });
    await connect(environment);
    alive = false;
    const { code, stderr } = await runCli(["status"], { environment });
    expect(code).toBe(1);
    expect(stderr).toContain(
      `Error: not connected to a functions namespace: the access key ${KEY} is not accepted: The supplied authentication is invalid.`,
    );
    expect(stderr).toContain("latchkey connect");
  });

  test("a key that opens another namespace now is not connected", async () => {
    let namespace = FN;
    const { environment } = await world({ [OWN]: (asked) => opens(namespace)(asked) });
    await connect(environment);
    namespace = OTHER;
    expect((await runCli(["status"], { environment })).stderr).toContain(`opens '${OTHER}' and not '${FN}'`);
  });
});

describe("in a pipeline, LATCHKEY_ACCESS_KEY is connection enough", () => {
  test("it needs no file, and writes none", async () => {
    const { environment } = await world();
    const { stdout } = await runCli(["status", "--credentials"], {
      environment: { ...environment, LATCHKEY_ACCESS_KEY: PAIR },
    });
    expect(stdout).toContain(`Connected to functions namespace '${FN}'`);
    expect(stdout).toContain("kept in LATCHKEY_ACCESS_KEY");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("it goes before the stored connection, and connecting says so", async () => {
    const { environment } = await world();
    const { stderr } = await connect({ ...environment, LATCHKEY_ACCESS_KEY: PAIR });
    expect(stderr).toMatch(/^Warning: LATCHKEY_ACCESS_KEY is set/);
    expect(readFileSync(join(folder, "current"), "utf8")).toBe(`${FN}\n`);
  });
});
