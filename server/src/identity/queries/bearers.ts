import type { EpochMs } from "../../kernel/clock.ts";
import type { CommittedReader } from "../../store/committed-reader.ts";
import type { Tx } from "../../store/transaction.ts";
import { type Principal, type Role, SCOPES, type Scope, type TeamId, type User, type UserId } from "../model.ts";

/** What is presented as a bearer, with all its judgement needs: whose it is and what that user is to the team at this moment. */
export type BearerRecord = {
  readonly id: string;
  readonly teamId: TeamId;
  readonly user: User;
  /** Null for somebody who is nothing to the team any more. */
  readonly role: Role | null;
  readonly scopes: readonly Scope[];
  readonly expiresAt: EpochMs | null;
  readonly createdAt: EpochMs;
};

type BearerRow = {
  id: string;
  team_id: TeamId;
  user_id: UserId;
  kind: User["kind"];
  name: string;
  role: Role | null;
  scopes: string | null;
  expires_at: number | null;
  created_at: number;
};

const select = (table: "api_tokens" | "sessions", scopes: string): string => `
  SELECT t.id, t.team_id, t.user_id, u.kind, u.name, m.role, ${scopes} AS scopes, t.expires_at, t.created_at
  FROM ${table} t
  JOIN users u ON u.id = t.user_id
  LEFT JOIN memberships m ON m.team_id = t.team_id AND m.user_id = t.user_id
  WHERE t.hash = ?`;

/** Finds a token or a session by its hash; looking up by a keyed hash gives an attacker no timing to learn from. */
export function prepareBearerByHash(committed: CommittedReader) {
  const statements = {
    token: committed.prepare<BearerRow>(select("api_tokens", "t.scopes")),
    session: committed.prepare<BearerRow>(select("sessions", "NULL")),
  };
  return (kind: keyof typeof statements, hash: Uint8Array): BearerRecord | undefined => {
    const row = statements[kind].get(hash);
    if (row === undefined) return undefined;
    return {
      id: row.id,
      teamId: row.team_id,
      user: { id: row.user_id, kind: row.kind, name: row.name },
      role: row.role,
      // A session is the person: it may do what the role allows.
      scopes: row.scopes === null ? SCOPES : (JSON.parse(row.scopes) as Scope[]),
      expiresAt: row.expires_at,
      createdAt: row.created_at,
    };
  };
}

/** Whether the token or session that somebody came with is still there. */
export async function hasBearer(tx: Tx, caller: Pick<Principal, "credentialKind" | "credentialId">): Promise<boolean> {
  const table = caller.credentialKind === "session" ? "sessions" : "api_tokens";
  const row = await tx.selectFrom(table).select("id").where("id", "=", caller.credentialId).executeTakeFirst();
  return row !== undefined;
}
