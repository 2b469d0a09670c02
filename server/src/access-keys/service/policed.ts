import type { PolicedKeys } from "../../policy/index.ts";
import { appendChange } from "../../store/changes.ts";
import { type AccessKeyId, UNUSED } from "../model.ts";
import { suspendKey, updateKeyExpiry } from "../queries/keys.ts";
import { listPolicedKeys } from "../queries/policed.ts";
import { type Ground, recordChange } from "./ground.ts";

/** What the policy gives back is what this room listed. */
const own = (id: string) => id as AccessKeyId;

/** Does to the keys what the policy decides: this room has them, that one the rules. */
export function servePolicy(ground: Ground): void {
  const { clock, audit, policy, uses } = ground;

  const keys: PolicedKeys = {
    list: listPolicedKeys,

    async lastUses(ids) {
      const last = await uses.last(ids.map(own));
      return new Map(
        [...last].map(([id, { lastUsedAt, lastAddress }]) => [id, { at: lastUsedAt, address: lastAddress }]),
      );
    },

    async shorten(tx, key, expiresAt, cause) {
      const id = own(key.id);
      const at = clock.now();
      await updateKeyExpiry(tx, id, expiresAt, at);
      const details = {
        namespace: key.namespaceId,
        name: key.name,
        owner: key.owner.id,
        previous_expires_at: key.expiresAt,
        expires_at: expiresAt,
      };
      await recordChange(ground, tx, cause, { verb: "access_key.shorten", id, at, details });
    },

    async suspendUnused(tx, key, { teamId }, unusedSince) {
      const id = own(key.id);
      const at = clock.now();
      await suspendKey(tx, id, { reason: UNUSED, by: null, at });
      await appendChange(tx, { kind: "access_key", targetId: id, at });
      await audit.record(tx, {
        teamId,
        actor: { id: null, kind: "system", name: "policy", credential: null },
        verb: "access_key.suspend",
        target: { kind: "access_key", id },
        origin: null,
        details: {
          namespace: key.namespaceId,
          name: key.name,
          owner: key.owner.id,
          reason: UNUSED,
          unused_since: unusedSince,
        },
      });
    },
  };
  policy.bindKeys(keys);
}
