import type { DataCenter } from "@latchkey/contract/namespaces";
import type { Principal, TeamId } from "../identity/index.ts";
import type { Brand } from "../kernel/brand.ts";
import type { EpochMs } from "../kernel/clock.ts";
import type { EffectiveGrants } from "./grants.ts";

export type { DataCenter };
export type NamespaceId = Brand<string, "NamespaceId">;

const ID = /^fn-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The only way to hold a NamespaceId: from text that has the shape of one. */
export function parseNamespaceId(text: string): NamespaceId | undefined {
  return ID.test(text) ? (text as NamespaceId) : undefined;
}

export type Namespace = {
  readonly id: NamespaceId;
  readonly teamId: TeamId;
  readonly label: string;
  readonly region: string;
  /** User part of the legacy credential. */
  readonly legacyUuid: string;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
};

/** A caller of the data plane: everything it does happens in this one namespace. */
export type NamespacePrincipal = Principal & {
  readonly namespaceId: NamespaceId;
  /** When what it came with stops working; null for never. */
  readonly expiresAt: EpochMs | null;
  /** Which secret of its key it came with; null for what is no key. */
  readonly secretNumber: number | null;
  readonly grants: EffectiveGrants;
};

/**
 * The address clients use for the data plane. doctl replaces whatever follows the last dot with `co`, so the address must
 * end in `.co` already (do-functions-api 3.4): a public URL that does is used as it is, any other gets a path segment.
 */
export function apiHostOf(publicUrl: string, region: string): string {
  return /\.co$/.test(publicUrl) ? publicUrl : `${publicUrl}/faas-${region}.co`;
}
