import type { AuditLog } from "../../audit/index.ts";
import type { Holdings, Identity, TeamId, TeamPrincipal, UserId } from "../../identity/index.ts";
import type { Clock, EpochMs } from "../../kernel/clock.ts";
import type { Store } from "../../store/store.ts";
import type { AccessKey, AccessKeyId, KeyUse } from "../model.ts";
import { countConcerned, listConcerned } from "../queries/cut-offs.ts";
import type { AccessKeys } from "./access-keys.ts";
import { createKnownSecrets, type KnownSecrets } from "./known-secrets.ts";

/** A function that a key was used for, as the room of functions tells it. */
type Touch = {
  readonly kind: "invoke" | "deploy" | "delete";
  readonly path: string;
  readonly lastAt: EpochMs;
  readonly count: number;
};
export type TouchesOf = (keyIds: readonly string[], since: EpochMs) => Promise<ReadonlyMap<string, readonly Touch[]>>;

/** Something that runs in somebody's name at set times, as the room of schedules tells it. */
type StoppingSchedule = {
  readonly namespaceId: string;
  readonly name: string;
  readonly functionPath: string;
  readonly isEnabled: boolean;
  readonly lastRunAt: EpochMs | null;
  readonly nextRunAt: EpochMs | null;
};
export type SchedulesOf = (teamId: TeamId, ownerId: UserId) => Promise<readonly StoppingSchedule[]>;

/** How far back one looks before deciding that nobody would miss a key. */
const LOOK_BACK_MS = 30 * 86_400_000;
/** More would say no more to whoever has to decide. */
const MOST_SHOWN = 1_000;

/** Everything that a removal would end, and who or what would notice. */
export type RemovalPreview = Holdings & {
  readonly tokenUses: ReadonlyMap<string, EpochMs>;
  readonly keyCount: number;
  /** The newest of them. */
  readonly keys: readonly AccessKey[];
  readonly uses: ReadonlyMap<AccessKeyId, KeyUse>;
  readonly touches: ReadonlyMap<string, readonly Touch[]>;
  readonly schedules: readonly StoppingSchedule[];
  readonly knownSecrets: KnownSecrets;
};

/** Looks before somebody is removed, so that nobody takes production down by surprise. */
export function createRemovalPreview(deps: {
  store: Store;
  clock: Clock;
  identity: Identity;
  accessKeys: Pick<AccessKeys, "lastUses">;
  touchesOf: TouchesOf;
  schedulesOf: SchedulesOf;
  auditLog: Pick<AuditLog, "replay">;
}) {
  const knownSecretsOf = createKnownSecrets(deps);
  const { store, clock, identity, accessKeys, touchesOf, schedulesOf } = deps;

  /** Throws `identity.member_not_found`, also for service identities. */
  return async (caller: TeamPrincipal, memberId: string): Promise<RemovalPreview> => {
    const holdings = await identity.holdingsOf(caller, memberId);
    const target = { teamId: caller.teamId, kind: "user", id: holdings.member.user.id } as const;
    const keys = await listConcerned(store.db, target, MOST_SHOWN);
    const ids = keys.map(({ id }) => id);
    return {
      ...holdings,
      tokenUses: await identity.lastUses(holdings.tokens.map(({ id }) => id)),
      keyCount: await countConcerned(store.db, target),
      keys,
      uses: await accessKeys.lastUses(keys),
      touches: await touchesOf(ids, clock.now() - LOOK_BACK_MS),
      schedules: await schedulesOf(target.teamId, target.id),
      knownSecrets: await knownSecretsOf(caller, target.id),
    };
  };
}

export type PreviewRemoval = ReturnType<typeof createRemovalPreview>;
