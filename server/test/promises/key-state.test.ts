import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { onTestFinished, test } from "vitest";
import { createCaller } from "../caller.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";
import { createTeam } from "../team.ts";
import { keyCommands } from "./key-commands.ts";
import { callerFor } from "./key-commands-of-people.ts";
import { KeyModel, type Role } from "./key-model.ts";
import { lookAtAll, type Real } from "./key-trials.ts";

const ROLES: Role[] = ["owner", "member", "member"];

async function start(): Promise<{ model: KeyModel; real: Real }> {
  // Without limits: what is tried out here is who is let in.
  const environment = { LATCHKEY_FAILED_ATTEMPTS_PER_MINUTE: "1000000", LATCHKEY_NAMESPACES_PER_TEAM: "1000" };
  const latchkey = await startTestLatchkey({ environment });
  const admin = createCaller(latchkey.url, latchkey.token);
  const team = createTeam(latchkey.url, latchkey.token);
  const people: Real["people"] = [];
  for (const [index, role] of ROLES.entries()) {
    const { id, email, session } = await team.join(`person${index}`, role);
    people.push({ id, email, caller: await callerFor({ team, latchkey }, session) });
  }
  const { text } = await admin.send("POST", "/v2/team/service-identities", { json: { name: "robot" } });
  people.push({ id: String(JSON.parse(text).service_identity.id), email: "", caller: admin });
  const stranger = new DatabaseSync(latchkey.folder.database);
  onTestFinished(() => stranger.close());
  const namespaces = [await admin.addNamespace("first")];
  const model = new KeyModel(latchkey.clock.now(), [...ROLES, "member"]);
  model.namespaces.push({ isDeleted: false });
  return { model, real: { latchkey, stranger, admin, team, people, namespaces } };
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
