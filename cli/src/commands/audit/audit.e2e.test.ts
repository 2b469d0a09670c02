import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runLatchkey, startLatchkey } from "../../../test/latchkey-process.ts";
import { temporaryFolder } from "../../../test/run-cli.ts";

let server: Awaited<ReturnType<typeof startLatchkey>>;
beforeAll(async () => {
  server = await startLatchkey();
});
afterAll(async () => {
  await server.stop();
});

test("an export is verified where there is no server and no token, and a changed one is told from it", async () => {
  const env = server.env();
  const run = (...line: string[]) => runLatchkey(line, { env });
  expect((await run("namespaces", "create", "--label", "dämo", "--region", "nyc1")).code).toBe(0);
  expect((await run("audit", "verify")).stdout).toMatch(/^The audit log is in order: 2 entries/);
  const publicKey = (await run("audit", "key")).stdout.trim();
  const file = join(temporaryFolder(), "audit.jsonl");
  expect((await run("audit", "export", "--file", file)).code).toBe(0);
  expect((await run("audit", "export")).stdout.split("\n")[1]).toBe(readFileSync(file, "utf8").split("\n")[1]);

  const elsewhere = { PATH: env["PATH"], HOME: temporaryFolder() };
  const verify = () => runLatchkey(["audit", "verify", "--file", file, "--public-key", publicKey], { env: elsewhere });
  expect(await verify()).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("is in order: 2 entries"),
    stderr: "",
  });
  writeFileSync(file, readFileSync(file, "utf8").replace("dämo", "demo"));
  const { code, stderr } = await verify();
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^Error: Entry 2 is not as it was written: .* \(line 3 of /),
  ]);
});
