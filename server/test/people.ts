import { SCOPES, type Scope } from "@latchkey/contract/route";
import type { ApiTokenId, Role, TeamId, UserId } from "../src/identity/model.ts";
import { insertMembership } from "../src/identity/queries/members.ts";
import { insertPerson, insertTeam } from "../src/identity/queries/people.ts";
import { insertApiToken } from "../src/identity/queries/tokens.ts";
import { randomHex } from "../src/kernel/random.ts";
import { createSecretHasher } from "../src/kernel/secret-hash.ts";
import { appendChange } from "../src/store/changes.ts";
import { loadPepper } from "../src/store/data-folder.ts";
import type { TestLatchkey } from "./start-test-latchkey.ts";

type Ground = Pick<TestLatchkey, "store" | "clock" | "random" | "folder">;

/** Adds a team without members. */
export async function addTeam({ store, clock, random }: Ground, name: string): Promise<TeamId> {
  const id = random.uuid() as TeamId;
  await store.transaction((tx) => insertTeam(tx, { id, name, at: clock.now() }));
  return id;
}

/** Adds a person to a team. */
async function addMember({ store, clock, random }: Ground, teamId: TeamId, role: Role): Promise<UserId> {
  const id = random.uuid() as UserId;
  const at = clock.now();
  await store.transaction(async (tx) => {
    await insertPerson(tx, { id, name: role, email: `${id}@example.com`, password: null, at });
    await insertMembership(tx, { teamId, userId: id, role, at });
  });
  return id;
}

/** `of`: somebody who is in the team already; somebody new otherwise. */
export type TokenOptions = { of?: UserId; role?: Role; scopes?: readonly Scope[]; expiresAt?: number; teamId?: TeamId };

/** A token of a new member: an owner of the first team with every scope, unless told otherwise. */
export async function addToken(latchkey: Ground & { team: { id: TeamId } }, options: TokenOptions = {}) {
  const { store, clock, random, folder } = latchkey;
  const { role = "owner", scopes = SCOPES, expiresAt = null, teamId = latchkey.team.id } = options;
  const userId = options.of ?? (await addMember(latchkey, teamId, role));
  const token = `dop_v1_${randomHex(random, 32)}`;
  const secret = createSecretHasher(loadPepper(folder, random)).hash(["api_token", token]);
  const id = random.uuid() as ApiTokenId;
  const at = clock.now();
  await store.transaction((tx) =>
    insertApiToken(tx, { id, teamId, userId, name: "test", secret, scopes, expiresAt, at }),
  );
  return { token, userId, teamId };
}

/** Ends a membership as removing a member has to: the row goes, and the change feed says so, in one transaction. */
export async function endMembership(
  { store, clock }: Ground,
  { userId, teamId }: { userId: UserId; teamId: TeamId },
): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.deleteFrom("memberships").where("user_id", "=", userId).where("team_id", "=", teamId).execute();
    await appendChange(tx, { kind: "membership", targetId: userId, at: clock.now() });
  });
}
