import type { WebhookEvent, WebhookMessage } from "@latchkey/contract/notifications";
import type { EpochMs } from "../../kernel/clock.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";

export type { WebhookEvent };

type Named = { readonly id: string; readonly name: string };
type Holder = Named & { readonly kind: "person" | "service" };
type KeyOf = { readonly key: Named; readonly namespaceId: string; readonly owner: Holder };

/** What happened in a team that its webhook may want to know. Ids and names only: never a secret. */
export type TeamEvent =
  | (KeyOf & { readonly type: "key.expiring"; readonly expiresAt: EpochMs; readonly inDays: number })
  | (KeyOf & { readonly type: "key.revoked"; readonly reason: string })
  | { readonly type: "keys.revoked"; readonly of: "user" | "namespace" | "team"; readonly id: string }
  | { readonly type: "member.removed"; readonly member: Named; readonly keysRevoked: number }
  | {
      readonly type: "service_identity.responsible_left";
      readonly serviceIdentity: Named;
      readonly responsible: Named;
    };

const named = ({ id, name }: Named) => ({ id, name });
const keyOf = ({ key, namespaceId, owner }: KeyOf) => ({
  key: named(key),
  namespace_id: namespaceId,
  owner: { ...named(owner), kind: owner.kind },
});

/** The body of the request that tells it, in the contract's words. */
export function messageOf(event: TeamEvent | { readonly type: "webhook.test" }, at: EpochMs): WebhookMessage {
  const timestamp = toTimestamp(at);
  switch (event.type) {
    case "key.expiring": {
      const data = { ...keyOf(event), expires_at: toTimestamp(event.expiresAt), days: event.inDays };
      return { type: event.type, timestamp, data };
    }
    case "key.revoked":
      return { type: event.type, timestamp, data: { ...keyOf(event), reason: event.reason } };
    case "keys.revoked":
      return { type: event.type, timestamp, data: { of: event.of, id: event.id } };
    case "member.removed":
      return {
        type: event.type,
        timestamp,
        data: { member: named(event.member), keys_revoked: event.keysRevoked },
      };
    case "service_identity.responsible_left": {
      const data = { service_identity: named(event.serviceIdentity), responsible: named(event.responsible) };
      return { type: event.type, timestamp, data };
    }
    case "webhook.test":
      return { type: event.type, timestamp, data: {} };
  }
}
