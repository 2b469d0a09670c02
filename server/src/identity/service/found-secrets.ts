import type { Origin } from "../../audit/index.ts";
import { appendChange } from "../../store/changes.ts";
import type { ApiTokenId, SessionId } from "../model.ts";
import type { BearerRecord } from "../queries/bearers.ts";
import { deleteSession } from "../queries/sessions.ts";
import { deleteToken } from "../queries/tokens.ts";
import { hashedParts, parseSecret } from "../secrets.ts";
import type { Ground } from "./ground.ts";
import type { Uses } from "./uses.ts";

const KINDS = ["token", "session"] as const;

/** Ends tokens and sessions that somebody found: having one is proof enough to end it. */
export function createFoundSecrets(
  ground: Ground,
  deps: { uses: Uses; find: (kind: "token" | "session", hash: Uint8Array) => BearerRecord | undefined },
) {
  const { store, clock, hasher, audit } = ground;
  return async (text: string, origin: Origin): Promise<boolean> => {
    for (const kind of KINDS) {
      const secret = parseSecret(kind, text);
      const record = secret && deps.find(kind, hasher.hash(hashedParts(kind, secret)).hash);
      if (record === undefined) continue;
      const target = { kind: kind === "token" ? "api_token" : "session", id: record.id } as const;
      await store.transaction(async (tx) => {
        const isEnded =
          kind === "token"
            ? await deleteToken(tx, record.id as ApiTokenId)
            : await deleteSession(tx, record.id as SessionId);
        // Somebody else found it as well.
        if (!isEnded) return;
        await appendChange(tx, { kind: target.kind, targetId: target.id, at: clock.now() });
        const actor = {
          id: null,
          kind: "system",
          name: "holder of the secret",
          credential: { kind, id: record.id },
        } as const;
        const details = { owner: record.user.id, reason: "revoked by its secret" };
        const { teamId } = record;
        await audit.record(tx, { teamId, actor, verb: `${target.kind}.delete`, target, origin, details });
      });
      deps.uses.forget([record.id]);
      return true;
    }
    return false;
  };
}
