import { hash } from "node:crypto";
import type { EpochMs } from "../kernel/clock.ts";
import type { Random } from "../kernel/random.ts";
import type { NamespacePrincipal } from "../namespaces/index.ts";
import type { ChangeFollower, ChangeKind } from "../store/changes.ts";
import type { KeyRecord } from "./model.ts";

/** A credential that has proved its secret, with what judging it again needs. Holds nothing of the secret. */
export type Proven = {
  readonly record: KeyRecord;
  readonly secretExpiresAt: EpochMs | null;
  readonly principal: NamespacePrincipal;
};

/** What a change to one of these is about is no credential of the data plane. */
const TOUCH_NO_KEY: readonly ChangeKind[] = ["function", "api_token", "session"];
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

  const clear = (): void => {
    byDigest.clear();
    digestsByKey.clear();
  };

  const dropKey = (id: string): void => {
    for (const digest of digestsByKey.get(id) ?? []) byDigest.delete(digest);
    digestsByKey.delete(id);
  };

  const dropStale = (): void => {
    const news = deps.changes.news();
    if (news === "unexplained") clear();
    else
      for (const change of news) {
        if (change.kind === "access_key") dropKey(change.targetId);
        else if (!TOUCH_NO_KEY.includes(change.kind)) clear();
      }
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
      byDigest.set(digest, proven);
      const digests = digestsByKey.get(proven.record.id);
      if (digests === undefined) digestsByKey.set(proven.record.id, [digest]);
      else digests.push(digest);
    },
  };
}
