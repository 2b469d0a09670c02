import { hash } from "node:crypto";
import type { UserId } from "../identity/index.ts";
import type { EpochMs } from "../kernel/clock.ts";
import type { Random } from "../kernel/random.ts";
import type { NamespacePrincipal } from "../namespaces/index.ts";
import type { Change, ChangeFollower } from "../store/changes.ts";
import type { KeyRecord } from "./model.ts";

/** A credential that has proved its secret, with what judging it again needs. Holds nothing of the secret. */
export type Proven = {
  readonly record: KeyRecord;
  /** Which of the key's secrets it was. */
  readonly secretNumber: number;
  readonly secretExpiresAt: EpochMs | null;
  readonly principal: NamespacePrincipal;
};

/** About 1 kB each. */
const MOST_KEPT = 100_000;

/**
 * Credentials proved before, so that a warm request costs one digest instead of two reads and an HMAC. Exact: before every
 * look-up it drops what the change feed names, so nothing outlives the commit that changed it, whoever made it.
 */
export function createProvenCredentials(deps: { random: Random; changes: ChangeFollower }) {
  // The digest is keyed by a value that this process alone has and forgets: as good as random to anybody outside.
  const salt = Buffer.from(deps.random.bytes(32)).toString("base64");
  const byDigest = new Map<string, Proven>();
  const digestsByKey = new Map<string, string[]>();
  const keysByOwner = new Map<UserId, Set<string>>();

  const clear = (): void => {
    byDigest.clear();
    digestsByKey.clear();
    keysByOwner.clear();
  };

  const forgetOwned = (record: KeyRecord | undefined): void => {
    if (record === undefined) return;
    const keys = keysByOwner.get(record.owner.id);
    keys?.delete(record.id);
    if (keys?.size === 0) keysByOwner.delete(record.owner.id);
  };

  const dropKey = (id: string): void => {
    for (const digest of digestsByKey.get(id) ?? []) {
      forgetOwned(byDigest.get(digest)?.record);
      byDigest.delete(digest);
    }
    digestsByKey.delete(id);
  };

  const drop = ({ kind, targetId }: Change): void => {
    switch (kind) {
      case "access_key":
        dropKey(targetId);
        return;
      case "membership":
        for (const id of [...(keysByOwner.get(targetId as UserId) ?? [])]) dropKey(id);
        return;
      // No key's answer depends on them.
      case "api_token":
      case "session":
      case "function":
      case "schedule":
        return;
      // Namespaces, policies and cut-offs are about many keys at once; so may be what a later version writes.
      default:
        clear();
    }
  };

  const dropStale = (): void => {
    const news = deps.changes.news();
    if (news === "unexplained") clear();
    else for (const change of news) drop(change);
  };

  return {
    digest: (header: string): string => hash("sha256", salt + header, "base64"),

    find(digest: string): Proven | undefined {
      dropStale();
      return byDigest.get(digest);
    },

    /** Keeps a credential whose proof was made from committed state read after `find` said it was unknown, in the same turn. */
    keep(digest: string, proven: Proven): void {
      if (byDigest.size >= MOST_KEPT) {
        const oldest = byDigest.values().next().value;
        if (oldest !== undefined) dropKey(oldest.record.id);
      }
      const { id, owner } = proven.record;
      byDigest.set(digest, proven);
      const digests = digestsByKey.get(id);
      if (digests === undefined) digestsByKey.set(id, [digest]);
      else digests.push(digest);
      const keys = keysByOwner.get(owner.id);
      if (keys === undefined) keysByOwner.set(owner.id, new Set([id]));
      else keys.add(id);
    },
  };
}
