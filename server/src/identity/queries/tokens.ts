import type { EpochMs } from "../../kernel/clock.ts";
import type { SecretHash } from "../../kernel/secret-hash.ts";
import type { Tx } from "../../store/transaction.ts";
import type { ApiTokenId, Scope, TeamId, UserId } from "../model.ts";

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
