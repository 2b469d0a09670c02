import type { EpochMs } from "../kernel/clock.ts";
import type { SecretHash } from "../kernel/secret-hash.ts";
import type { CommittedReader } from "../store/committed-reader.ts";
import type { Db, Tx } from "../store/transaction.ts";
import type { ApiTokenId, Role, Scope, TeamId, User, UserId } from "./model.ts";

export async function hasTeam(db: Db | Tx): Promise<boolean> {
  return (await db.selectFrom("teams").select("id").limit(1).executeTakeFirst()) !== undefined;
}

export async function insertTeam(tx: Tx, team: { id: TeamId; name: string; at: EpochMs }): Promise<void> {
  await tx.insertInto("teams").values({ id: team.id, name: team.name, created_at: team.at }).execute();
}

export async function insertPerson(
  tx: Tx,
  person: { id: UserId; name: string; email: string; at: EpochMs },
): Promise<void> {
  const { id, name, email, at } = person;
  await tx.insertInto("users").values({ id, kind: "person", name, email, team_id: null, created_at: at }).execute();
}

export async function insertMembership(
  tx: Tx,
  member: { teamId: TeamId; userId: UserId; role: Role; at: EpochMs },
): Promise<void> {
  const { teamId, userId, role, at } = member;
  await tx.insertInto("memberships").values({ team_id: teamId, user_id: userId, role, created_at: at }).execute();
}

export type NewApiToken = {
  id: ApiTokenId;
  teamId: TeamId;
  userId: UserId;
  name: string;
  secret: SecretHash;
  scopes: readonly Scope[];
  expiresAt: EpochMs | null;
  at: EpochMs;
};

export async function insertApiToken(tx: Tx, token: NewApiToken): Promise<void> {
  await tx
    .insertInto("api_tokens")
    .values({
      id: token.id,
      team_id: token.teamId,
      user_id: token.userId,
      name: token.name,
      hash: token.secret.hash,
      pepper_id: token.secret.pepperId,
      scopes: JSON.stringify(token.scopes),
      expires_at: token.expiresAt,
      created_at: token.at,
    })
    .execute();
}

/** A token with everything its judgement needs: whose it is and what that person is to the team at this moment. */
export type TokenRecord = {
  readonly id: ApiTokenId;
  readonly teamId: TeamId;
  readonly user: User;
  readonly role: Role | null;
  readonly scopes: readonly Scope[];
  readonly expiresAt: EpochMs | null;
  readonly createdAt: EpochMs;
};

type TokenRow = {
  id: ApiTokenId;
  team_id: TeamId;
  user_id: UserId;
  kind: User["kind"];
  name: string;
  role: Role | null;
  scopes: string;
  expires_at: number | null;
  created_at: number;
};

/** Finds a token by its hash; looking up by a keyed hash gives an attacker no timing to learn from. */
export function prepareTokenByHash(committed: CommittedReader): (hash: Uint8Array) => TokenRecord | undefined {
  const statement = committed.prepare<TokenRow>(`
    SELECT t.id, t.team_id, t.user_id, u.kind, u.name, m.role, t.scopes, t.expires_at, t.created_at
    FROM api_tokens t
    JOIN users u ON u.id = t.user_id
    LEFT JOIN memberships m ON m.team_id = t.team_id AND m.user_id = t.user_id
    WHERE t.hash = ?`);
  return (hash) => {
    const row = statement.get(hash);
    if (row === undefined) return undefined;
    return {
      id: row.id,
      teamId: row.team_id,
      user: { id: row.user_id, kind: row.kind, name: row.name },
      role: row.role,
      scopes: JSON.parse(row.scopes) as Scope[],
      expiresAt: row.expires_at,
      createdAt: row.created_at,
    };
  };
}
