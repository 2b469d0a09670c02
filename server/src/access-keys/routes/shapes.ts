import type {
  AccessKeyInTeamShape,
  AccessKeyShape,
  AccessKeyWithSecretShape,
} from "@latchkey/contract/access-key-shapes";
import type { AnswerableOwner } from "@latchkey/contract/shapes";
import { type Identity, showOwners } from "../../identity/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Secret } from "../../kernel/secret.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import { formatGrant } from "../../namespaces/index.ts";
import { type AccessKey, type AccessKeyId, type KeyUse, shownState } from "../model.ts";
import type { AccessKeys } from "../service/access-keys.ts";

/** Turns keys into the contract's words. */
export function createShapes(deps: {
  accessKeys: AccessKeys;
  identity: Pick<Identity, "serviceIdentities">;
  clock: Clock;
}) {
  const { accessKeys, identity, clock } = deps;

  const shape = (key: AccessKey, owner: AnswerableOwner, use: KeyUse | undefined): AccessKeyShape => {
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
      owner,
      grants: key.grants.map(formatGrant),
      allowed_networks: [...key.allowedNetworks],
    };
  };

  const ownersOf = (keys: readonly AccessKey[]) =>
    showOwners(
      identity,
      keys.map(({ owner }) => owner),
    );

  const one = async (key: AccessKey): Promise<AccessKeyShape> => {
    const [show, uses] = [await ownersOf([key]), await accessKeys.lastUses([key])];
    return shape(key, show(key.owner), uses.get(key.id));
  };

  return {
    one,

    async listed(keys: readonly AccessKey[]): Promise<AccessKeyShape[]> {
      const [show, uses] = [await ownersOf(keys), await accessKeys.lastUses(keys)];
      return keys.map((key) => shape(key, show(key.owner), uses.get(key.id)));
    },

    withSecret: async ({ key, secret }: { key: AccessKey; secret: Secret }): Promise<AccessKeyWithSecretShape> => ({
      ...(await one(key)),
      secret: secret.reveal(),
    }),

    async inTeam(keys: readonly AccessKey[], uses: ReadonlyMap<AccessKeyId, KeyUse>): Promise<AccessKeyInTeamShape[]> {
      const show = await ownersOf(keys);
      return keys.map((key) => {
        const use = uses.get(key.id);
        const last_used_from = use?.lastAddress ?? null;
        return { ...shape(key, show(key.owner), use), namespace_id: key.namespaceId, last_used_from };
      });
    },
  };
}

export type Shapes = ReturnType<typeof createShapes>;
