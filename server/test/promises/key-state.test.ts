import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { onTestFinished, test } from "vitest";
import { createCaller } from "../caller.ts";
import { addToken } from "../people.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";
import { keyCommands, lookAtAll, type Real } from "./key-commands.ts";
import { KeyModel, type Role } from "./key-model.ts";

const ROLES: Role[] = ["owner", "member", "member"];

async function start(): Promise<{ model: KeyModel; real: Real }> {
  // Without limits: what is tried out here is who is let in.
  const environment = { LATCHKEY_FAILED_ATTEMPTS_PER_MINUTE: "1000000", LATCHKEY_NAMESPACES_PER_TEAM: "1000" };
  const latchkey = await startTestLatchkey({ environment });
  const admin = createCaller(latchkey.url, latchkey.token);
  const people: { id: string; caller: Real["people"][number]["caller"] }[] = [];
  for (const role of ROLES) {
    const { token, userId } = await addToken(latchkey, { role });
    people.push({ id: userId, caller: createCaller(latchkey.url, token) });
  }
  const stranger = new DatabaseSync(latchkey.folder.database);
  onTestFinished(() => stranger.close());
  const namespaces = [await admin.addNamespace("first")];
  const model = new KeyModel(latchkey.clock.now(), [...ROLES]);
  model.namespaces.push({ isDeleted: false });
  return { model, real: { latchkey, stranger, admin, people, namespaces } };
}

test("whatever happens to keys, people and namespaces, every credential gets what it ought to", async () => {
  await fc.assert(
    fc.asyncProperty(keyCommands, async (commands) => {
      let last: { model: KeyModel; real: Real } | undefined;
      await fc.asyncModelRun(async () => {
        last = await start();
        return last;
      }, commands);
      if (last !== undefined) await lookAtAll(last.model, last.real);
    }),
    { numRuns: 30, interruptAfterTimeLimit: 45_000 },
  );
}, 60_000);
