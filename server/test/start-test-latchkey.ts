import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { parseConfig } from "../src/config.ts";
import type { Log } from "../src/kernel/log.ts";
import { prepareDataFolder } from "../src/store/data-folder.ts";
import { openStore } from "../src/store/store.ts";
import { wire } from "../src/wire.ts";
import { createFakeClock } from "./fake-clock.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { silentLog } from "./silent-log.ts";

export type TestLatchkeyOptions = { environment?: Record<string, string>; dataPath?: string; log?: Log };

/**
 * The real wiring on a store of its own in a temporary folder, with a team, its owner and a token of theirs. Time stands still
 * until the test moves it; randomness is seeded. Every answer is checked against the contract. Gone when the test ends.
 */
export async function startTestLatchkey(options: TestLatchkeyOptions = {}) {
  const path = options.dataPath ?? mkdtempSync(join(tmpdir(), "latchkey-test-"));
  const log = options.log ?? silentLog;
  const clock = createFakeClock();
  const random = createSeededRandom();
  const config = parseConfig(
    { data: path, port: "0" },
    { LATCHKEY_REQUESTS_PER_MINUTE: "5000", ...options.environment },
  );
  const folder = prepareDataFolder(config.dataPath);
  const store = await openStore({ folder, log, schema: "create" });
  const latchkey = wire({ config, clock, random, log, folder, store, verifyAnswers: true });
  const { team, user, token } = await latchkey.identity.createFirstTeam({
    teamName: "Acme",
    email: "ada@example.com",
    name: "Ada",
  });
  const url = await latchkey.listen();

  onTestFinished(async () => {
    await latchkey.close();
    rmSync(path, { recursive: true, force: true });
  });

  return { ...latchkey, url, clock, random, store, folder, config, team, user, token: token.reveal() };
}

export type TestLatchkey = Awaited<ReturnType<typeof startTestLatchkey>>;
