import { type EndingKeyShape, previewRemoval } from "@latchkey/contract/removal-preview";
import { type BoundRoute, implement } from "../../http/call.ts";
import { type Identity, showOwners, type TeamPrincipal, type User } from "../../identity/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import type { AccessKeys } from "../service/access-keys.ts";
import type { PreviewRemoval, RemovalPreview } from "../service/removal-preview.ts";
import { createShapes } from "./shapes.ts";

/** What would end with a member. */
export function removalPreviewRoutes(deps: {
  preview: PreviewRemoval;
  accessKeys: AccessKeys;
  identity: Pick<Identity, "serviceIdentities">;
  clock: Clock;
}): BoundRoute[] {
  const shapes = createShapes(deps);
  const endingKeys = async ({ keys, uses, touches }: RemovalPreview): Promise<EndingKeyShape[]> =>
    (await shapes.inTeam(keys, uses)).map((key) => ({
      ...key,
      touched: (touches.get(key.id) ?? []).map(({ path, kind, lastAt, count }) => ({
        function: path,
        kind,
        last_at: toTimestamp(lastAt),
        count,
      })),
    }));
  const triggers = ({ schedules }: RemovalPreview) =>
    schedules.map(({ namespaceId, name, functionPath, isEnabled, lastRunAt, nextRunAt }) => ({
      namespace_id: namespaceId,
      name,
      function: functionPath,
      is_enabled: isEnabled,
      last_run_at: lastRunAt === null ? null : toTimestamp(lastRunAt),
      next_run_at: nextRunAt === null ? null : toTimestamp(nextRunAt),
    }));
  const ownersOf = (owned: readonly { readonly owner: User }[]) =>
    showOwners(
      deps.identity,
      owned.map(({ owner }) => owner),
    );
  const shownTokens = async ({ tokens, tokenUses }: RemovalPreview) => {
    const show = await ownersOf(tokens);
    return tokens.map(({ id, name, scopes, owner, createdAt, expiresAt }) => {
      const lastUsedAt = tokenUses.get(id);
      return {
        ...{ id, name, owner: show(owner) },
        scopes: [...scopes],
        created_at: toTimestamp(createdAt),
        expires_at: expiresAt === null ? null : toTimestamp(expiresAt),
        last_used_at: lastUsedAt === undefined ? null : toTimestamp(lastUsedAt),
      };
    });
  };
  const knownSecrets = async ({ knownSecrets: { keys, tokens, choseWebhook, knowsWebhookSecret } }: RemovalPreview) => {
    const show = await ownersOf([...keys, ...tokens]);
    return {
      access_keys: keys.map(({ id, name, namespaceId, owner }) => ({
        ...{ id, name, owner: show(owner) },
        namespace_id: namespaceId,
      })),
      api_tokens: tokens.map(({ id, name, owner }) => ({ id, name, owner: show(owner) })),
      webhook_address: choseWebhook,
      webhook_secret: knowsWebhookSecret,
    };
  };

  return [
    implement<TeamPrincipal, typeof previewRemoval>(previewRemoval, async ({ caller, params }) => {
      const found = await deps.preview(caller, params.member_id);
      const { user, email, role } = found.member;
      return {
        status: 200,
        body: {
          member: { id: user.id, name: user.name, email, role },
          is_last_owner: found.isLastOwner,
          access_keys: await endingKeys(found),
          access_key_count: found.keyCount,
          triggers: triggers(found),
          api_tokens: await shownTokens(found),
          session_count: found.sessions,
          known_secrets: await knownSecrets(found),
          service_identities: found.answersFor.map(({ user: { id, name } }) => ({ id, name })),
        },
      };
    }),
  ];
}
