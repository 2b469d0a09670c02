import type {
  AccessKeyInTeamShape,
  AccessKeyShape,
  AccessKeyWithSecretShape,
} from "@latchkey/contract/access-key-shapes";
import type { Clock } from "../../kernel/clock.ts";
import type { Secret } from "../../kernel/secret.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import { formatGrant } from "../../namespaces/index.ts";
import { type AccessKey, type AccessKeyId, type KeyUse, shownState } from "../model.ts";
import type { AccessKeys } from "../service/access-keys.ts";

/** Turns keys into the contract's words. */
export function createShapes(deps: { accessKeys: AccessKeys; clock: Clock }) {
  const { accessKeys, clock } = deps;

  const shape = (key: AccessKey, use: KeyUse | undefined): AccessKeyShape => {
    const state = shownState(key, clock.now());
    return {
      id: key.id,
      name: key.name,
      expires_at: key.expiresAt === null ? null : toTimestamp(key.expiresAt),
      created_at: toTimestamp(key.createdAt),
      updated_at: toTimestamp(key.updatedAt),
      last_used_at: use === undefined ? null : toTimestamp(use.lastUsedAt),
      state,
      state_reason: key.state.kind === "suspended" ? key.state.reason : null,
      owner: key.owner,
      grants: key.grants.map(formatGrant),
      allowed_networks: [...key.allowedNetworks],
    };
  };

  const listed = async (keys: readonly AccessKey[]): Promise<AccessKeyShape[]> => {
    const uses = await accessKeys.lastUses(keys);
    return keys.map((key) => shape(key, uses.get(key.id)));
  };

  return {
    listed,

    async one(key: AccessKey): Promise<AccessKeyShape> {
      const uses = await accessKeys.lastUses([key]);
      return shape(key, uses.get(key.id));
    },

    async withSecret({ key, secret }: { key: AccessKey; secret: Secret }): Promise<AccessKeyWithSecretShape> {
      const uses = await accessKeys.lastUses([key]);
      return { ...shape(key, uses.get(key.id)), secret: secret.reveal() };
    },

    inTeam: (keys: readonly AccessKey[], uses: ReadonlyMap<AccessKeyId, KeyUse>): AccessKeyInTeamShape[] =>
      keys.map((key) => {
        const use = uses.get(key.id);
        return { ...shape(key, use), namespace_id: key.namespaceId, last_used_from: use?.lastAddress ?? null };
      }),
  };
}

export type Shapes = ReturnType<typeof createShapes>;
