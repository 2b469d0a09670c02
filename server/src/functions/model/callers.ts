import type { TeamId, UserId } from "../../identity/index.ts";
import type { NamespaceId, NamespacePrincipal } from "../../namespaces/index.ts";

/**
 * The public, calling what a namespace has put on the web: it acts for that namespace, under no key and with no grants of its
 * own. Whether it may is the action's to say.
 */
export type WebCaller = { readonly credentialKind: "web"; readonly namespaceId: NamespaceId };

/** Whoever something runs for. */
export type Caller = NamespacePrincipal | WebCaller;

/**
 * In whose name something runs, as it is written down with what has been accepted. It says nothing of what that is allowed:
 * this is asked again when it matters, so that whoever has lost a right meanwhile does not use it.
 */
export type CallerRef =
  | {
      readonly kind: "access_key";
      readonly namespaceId: NamespaceId;
      readonly keyId: string;
      /** Which of the key's secrets was shown: it may end before the key does. */
      readonly secretNumber: number;
      readonly ownerId: UserId;
    }
  | {
      readonly kind: "schedule";
      readonly namespaceId: NamespaceId;
      /** The scheduled trigger. */
      readonly trigger: string;
      readonly teamId: TeamId;
      /** Whose schedule it is. */
      readonly ownerId: UserId;
    }
  | { readonly kind: "web"; readonly namespaceId: NamespaceId };

/** In the name of somebody who can lose the right to it. */
export type SomebodysRef = Exclude<CallerRef, { kind: "web" }>;

/** What somebody may do at this moment; null once they may do nothing any more: the key is dead, the person has left. */
export type Standing = (ref: SomebodysRef) => NamespacePrincipal | null;

/** The caller as it is written down. */
export function refOf(caller: NamespacePrincipal): SomebodysRef;
export function refOf(caller: Caller): CallerRef;
export function refOf(caller: Caller): CallerRef {
  const { namespaceId } = caller;
  if (caller.credentialKind === "web") return { kind: "web", namespaceId };
  const ownerId = caller.user.id;
  if (caller.credentialKind === "schedule") {
    return { kind: "schedule", namespaceId, trigger: caller.credentialId, teamId: caller.teamId, ownerId };
  }
  const { credentialId: keyId, secretNumber } = caller;
  if (secretNumber === null) throw new Error("a caller of the data plane shows a key's secret");
  return { kind: "access_key", namespaceId, keyId, secretNumber, ownerId };
}
