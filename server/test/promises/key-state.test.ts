import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { onTestFinished, test } from "vitest";
import { createPasswordHasher } from "../../src/kernel/password-hash.ts";
import { createSecretHasher } from "../../src/kernel/secret-hash.ts";
import { loadPepper } from "../../src/store/data-folder.ts";
import { createCaller } from "../caller.ts";
import { addToken } from "../people.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";
import { createTeam, PASSWORD } from "../team.ts";
import { createKeyOf, keyCommands } from "./key-commands.ts";
import { KeyModel, type Role } from "./key-model.ts";
import { lookAtAll, type Real } from "./key-trials.ts";

const ROLES: Role[] = ["owner", "member", "member"];

async function start(): Promise<{ model: KeyModel; real: Real }> {
  // Without limits: what is tried out here is who is let in.
  const environment = { LATCHKEY_FAILED_ATTEMPTS_PER_MINUTE: "1000000", LATCHKEY_NAMESPACES_PER_TEAM: "1000" };
  const latchkey = await startTestLatchkey({ environment });
  const admin = createCaller(latchkey.url, latchkey.token);
  const team = createTeam(latchkey.url, latchkey.token);
  const stranger = new DatabaseSync(latchkey.folder.database);
  onTestFinished(() => stranger.close());
  const people: Real["people"] = [];
  for (const role of ROLES) {
    const { token, userId } = await addToken(latchkey, { role });
    people.push({ id: userId, email: `${userId}@example.com`, caller: createCaller(latchkey.url, token) });
  }
  await givePasswords(latchkey, stranger);
  const { text } = await admin.send("POST", "/v2/team/service-identities", { json: { name: "robot" } });
  people.push({ id: JSON.parse(text).service_identity.id, email: "", caller: admin });
  const namespaces = [await admin.addNamespace("first")];
  const model = new KeyModel(latchkey.clock.now(), [...ROLES, "member"]);
  model.namespaces.push({ isDeleted: false });
  const real = { latchkey, stranger, admin, team, people, namespaces };
  // So that there is something to happen to.
  for (const who of [0, 0, 1, 1, 2]) await createKeyOf(model, real, who, null, false);
  for (const hours of [null, 24]) await createKeyOf(model, real, 0, hours, true);
  return { model, real };
}

/** Everybody's is the same, and hashed once: what takes long is not what this is about. */
async function givePasswords({ folder, random }: Real["latchkey"], stranger: DatabaseSync): Promise<void> {
  const hasher = createSecretHasher(loadPepper(folder, random));
  const hash = await createPasswordHasher({ random, hasher }).hash("", PASSWORD);
  stranger.prepare("UPDATE users SET password = ? WHERE kind = 'person'").run(String(hash));
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
    { numRuns: 30, interruptAfterTimeLimit: 60_000 },
  );
}, 90_000);
