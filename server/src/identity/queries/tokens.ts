import type { EpochMs } from "../../kernel/clock.ts";
import type { SecretHash } from "../../kernel/secret-hash.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { ApiTokenId, Scope, TeamId, User, UserId } from "../model.ts";

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

/** An API token as its team sees it. */
export type ApiToken = {
  readonly id: ApiTokenId;
  readonly owner: User;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: EpochMs | null;
  readonly createdAt: EpochMs;
};

const tokens = (db: Db | Tx, teamId: TeamId) =>
  db
    .selectFrom("api_tokens as t")
    .innerJoin("users as u", "u.id", "t.user_id")
    .select(["t.id", "t.name", "t.scopes", "t.expires_at", "t.created_at"])
    .select(["u.id as owner_id", "u.kind as owner_kind", "u.name as owner_name"])
    .where("t.team_id", "=", teamId);

type TokenRow = {
  id: string;
  name: string;
  scopes: string;
  expires_at: number | null;
  created_at: number;
  owner_id: string;
  owner_kind: User["kind"];
  owner_name: string;
};

const toToken = (row: TokenRow): ApiToken => ({
  id: row.id as ApiTokenId,
  owner: { id: row.owner_id as UserId, kind: row.owner_kind, name: row.owner_name },
  name: row.name,
  scopes: JSON.parse(row.scopes) as Scope[],
  expiresAt: row.expires_at,
  createdAt: row.created_at,
});

/** The tokens of a team, or of one user in it, oldest first; expired ones too. */
export async function listTokens(db: Db | Tx, teamId: TeamId, of: UserId | "everybody"): Promise<ApiToken[]> {
  const all = tokens(db, teamId).orderBy("t.created_at").orderBy("t.id");
  return (await (of === "everybody" ? all : all.where("t.user_id", "=", of)).execute()).map(toToken);
}

export async function findToken(db: Db | Tx, teamId: TeamId, id: string): Promise<ApiToken | undefined> {
  const row = await tokens(db, teamId).where("t.id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toToken(row);
}

export async function updateTokenName(tx: Tx, id: ApiTokenId, name: string): Promise<void> {
  await tx.updateTable("api_tokens").set({ name }).where("id", "=", id).execute();
}

/** Says whether there still was such a token. */
export async function deleteToken(tx: Tx, id: ApiTokenId): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("api_tokens").where("id", "=", id).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Ends a user's tokens in a team; gives their ids. */
export async function deleteTokensIn(tx: Tx, teamId: TeamId, userId: UserId): Promise<ApiTokenId[]> {
  const rows = await tx
    .deleteFrom("api_tokens")
    .where("team_id", "=", teamId)
    .where("user_id", "=", userId)
    .returning("id")
    .execute();
  return rows.map(({ id }) => id as ApiTokenId);
}
