import { expect, test } from "vitest";
import { startFakeApi } from "../../../test/fake-api.ts";
import { runCli } from "../../../test/run-cli.ts";

const PACKAGES = "/api/v1/namespaces/_/packages";
const summary = (name: string, binding: unknown = false) => ({
  namespace: "fn-1",
  name,
  version: "0.0.2",
  publish: false,
  annotations: [],
  updated: Date.UTC(2026, 2, 1, 10),
  binding,
});
const whole = { ...summary("billing"), parameters: [], binding: {}, actions: [], feeds: [] };

async function world() {
  const api = await startFakeApi({
    [`GET ${PACKAGES}`]: { body: [summary("site", { namespace: "fn-1", name: "billing" }), summary("billing")] },
    [`GET ${PACKAGES}?count=true`]: { body: { packages: 2 } },
    [`GET ${PACKAGES}/billing`]: { body: whole },
    [`DELETE ${PACKAGES}/billing?force=true`]: { body: whole },
    [`DELETE ${PACKAGES}/billing?force=false`]: {
      status: 409,
      body: { error: "Package not empty (contains 1 entity). Set force param or delete package contents.", code: "r1" },
    },
  });
  const environment = { LATCHKEY_API_URL: api.url, LATCHKEY_ACCESS_KEY: "dof_v1_x:y" };
  return (...line: string[]) => runCli(["packages", ...line], { environment });
}

test("packages list prints a table, newest first or by name", async () => {
  const run = await world();
  const site = "2026-03-01 10:00:00 UTC    0.0.2             fn-1/billing    site";
  const billing = "2026-03-01 10:00:00 UTC    0.0.2                             billing";
  expect((await run("list")).stdout).toBe(
    ["Latest Update              Latest Version    Bound To        Package Name", site, billing, ""].join("\n"),
  );
  expect((await run("ls", "--name", "--format", "Package", "--no-header")).stdout).toBe("billing\nsite\n");
});

test("packages list --count says only how many", async () => {
  const run = await world();
  expect((await run("list", "--count")).stdout).toBe("There are 2 packages in this namespace.\n");
});

test("packages get prints all there is", async () => {
  const run = await world();
  expect(JSON.parse((await run("get", "billing")).stdout)).toEqual(whole);
});

test("packages delete asks first, and deletes what is in the package only if told to", async () => {
  const run = await world();
  expect(await run("delete", "billing")).toMatchObject({ code: 1, stderr: expect.stringContaining("--force") });
  expect(await run("delete", "billing", "--force")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("--recursive"),
  });
  expect(await run("rm", "billing", "--recursive", "--force")).toEqual({
    code: 0,
    stdout: "",
    stderr: "The package billing has been deleted.\n",
  });
});
