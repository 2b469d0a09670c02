import type { Origin } from "../audit/index.ts";
import type { TeamPrincipal } from "../identity/index.ts";
import type { EpochMs } from "../kernel/clock.ts";
import type { Db, Tx } from "../store/transaction.ts";
import type { LastUse, PolicedKey, Scope } from "./model.ts";

/** What the room that has the access keys does for this one, which knows none of their tables. */
export type PolicedKeys = {
  /** The living keys of a scope: neither deleted, revoked nor expired. */
  list(db: Db | Tx, scope: Scope, now: EpochMs): Promise<readonly PolicedKey[]>;
  /** The last use of each key, what has not been written yet included. */
  lastUses(ids: readonly string[]): Promise<ReadonlyMap<string, LastUse>>;
  /** Lets a key end earlier, with an audit entry of its own. */
  shorten(
    tx: Tx,
    key: PolicedKey,
    expiresAt: EpochMs,
    by: { readonly caller: TeamPrincipal; readonly origin: Origin },
  ): Promise<void>;
  /** Suspends a key that nobody has used since then, with an audit entry of its own. */
  suspendUnused(tx: Tx, key: PolicedKey, scope: Scope, unusedSince: EpochMs): Promise<void>;
};
