import { expect, test } from "vitest";
import { startFakeApi } from "../../../test/fake-api.ts";
import { runCli } from "../../../test/run-cli.ts";

const FN = "fn-3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11";
const ada = {
  owner: { id: "u1", name: "Ada", kind: "person" },
  role: "owner",
  access_key: { id: "dof_v1_64bc85eabdf7ce22d376d7d171f7a8b4", name: "laptop" },
  grants: ["full"],
  allowed_networks: null,
  until: null,
};
const bob = {
  ...ada,
  owner: { id: "u2", name: "Bob", kind: "person" },
  role: "viewer",
  grants: ["read"],
  allowed_networks: ["203.0.113.0/24"],
  until: "2026-03-30T10:00:00Z",
};
const at = "2026-03-23T09:15:00.000Z";

async function world(difference: object | null) {
  const api = await startFakeApi(
    Object.fromEntries(
      [
        `?at=2026-03-23T09%3A15%3A00.000Z`,
        `?at=2026-03-23T09%3A15%3A00.000Z&compared_to=2026-03-01T00%3A00%3A00.000Z`,
      ].map((query) => [
        `GET /v2/functions/namespaces/${FN}/access${query}`,
        { body: { namespace_id: FN, at, callers: [ada, bob], difference } },
      ]),
    ),
  );
  const environment = { LATCHKEY_TOKEN: "t", LATCHKEY_API_URL: api.url };
  const line = ["access", "--namespace", FN, "--at", "2026-03-23T09:15:00Z"];
  return { run: (...more: string[]) => runCli([...line, ...more], { environment }) };
}

test("who could call is a table, found by the namespace's id even if it is gone", async () => {
  const { stdout, stderr } = await (await world(null)).run();
  expect(stderr).toBe("");
  expect(stdout).toBe(
    [
      "Owner    Role      Key       Grants    From              Until",
      "Ada      owner     laptop    full      anywhere          never ends",
      "Bob      viewer    laptop    read      203.0.113.0/24    2026-03-30 10:00:00 UTC",
      "",
    ].join("\n"),
  );
});

test("compared to another time it is what was gained, lost and changed", async () => {
  const difference = {
    compared_to: "2026-03-01T00:00:00.000Z",
    gained: [ada],
    lost: [],
    changed: [{ before: { ...bob, role: "member", grants: ["full"] }, after: bob }],
  };
  const { run } = await world(difference);
  const { stdout } = await run("--compared-to", "2026-03-01T00:00:00Z", "--format", "Change,Owner,Role,Grants");
  expect(stdout).toBe(
    [
      "Change    Owner    Role      Grants",
      "gained    Ada      owner     full",
      "was       Bob      member    full",
      "is        Bob      viewer    read",
      "",
    ].join("\n"),
  );
});

test("nothing different is said, since an empty table says little", async () => {
  const { run } = await world({ compared_to: at, gained: [], lost: [], changed: [] });
  expect((await run("--compared-to", "2026-03-01T00:00:00Z")).stderr).toBe("Nothing is different.\n");
});
