import type { Audit, Origin } from "../../audit/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { SecretHasher } from "../../kernel/secret-hash.ts";
import type { Notifications } from "../../notifications/index.ts";
import { appendChange, type ChangeKind } from "../../store/changes.ts";
import type { Store } from "../../store/store.ts";
import type { Tx } from "../../store/transaction.ts";
import { identityErrors } from "../errors.ts";
import { actorOf, isPermitted, type Permission, type TeamPrincipal, type UserId } from "../model.ts";
import { hasBearer } from "../queries/bearers.ts";
import { findRole } from "../queries/members.ts";
import { listTeamsOf } from "../queries/people.ts";

/** What every use case of this room stands on. */
export type Ground = {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly hasher: SecretHasher;
  readonly audit: Audit;
  readonly notifications: Pick<Notifications, "canMail" | "enqueue" | "announce">;
  /** Where people find this server: links begin with it. */
  readonly publicUrl: () => string;
};

/** Who asked for a change, and from where. */
export type Cause = { readonly caller: TeamPrincipal; readonly origin: Origin };

/** A change as the audit log tells it; `feed` names what copies elsewhere have to be dropped for it. */
type Told = {
  readonly verb: string;
  readonly target: { readonly kind: string; readonly id: string };
  readonly feed: ChangeKind | null;
  readonly details: Readonly<Record<string, unknown>>;
};

/** Writes down a change that a caller made, in the transaction that makes it. */
export async function recordChange({ audit, clock }: Ground, tx: Tx, cause: Cause, told: Told): Promise<void> {
  const { verb, target, feed, details } = told;
  if (feed !== null) await appendChange(tx, { kind: feed, targetId: target.id, at: clock.now() });
  const { teamId } = cause.caller;
  await audit.record(tx, { teamId, actor: actorOf(cause.caller), verb, target, origin: cause.origin, details });
}

type ToldOfPerson = {
  readonly actor: Parameters<Audit["record"]>[1]["actor"];
  readonly verb: string;
  readonly origin: Origin | null;
  readonly details: Readonly<Record<string, unknown>>;
};

/** Writes down, in each of a person's teams, what concerns them as such. */
export async function recordInTeams({ audit }: Ground, tx: Tx, personId: UserId, told: ToldOfPerson): Promise<void> {
  const target = { kind: "member", id: personId };
  for (const { id: teamId } of await listTeamsOf(tx, personId)) await audit.record(tx, { ...told, teamId, target });
}

/**
 * What the caller may do is asked when a request arrives, and again here in the transaction of what it changes: somebody removed or
 * demoted in between changes nothing any more, and what they would make does not come to life should they be added again. Nor does
 * what a token or session was to make that has been ended in between: whoever stole it would have another one.
 */
export async function requireStanding(tx: Tx, caller: TeamPrincipal, permission: Permission): Promise<void> {
  const role = await findRole(tx, caller.teamId, caller.user.id);
  if (role === null || !(await hasBearer(tx, caller))) throw identityErrors.unauthenticated();
  if (!isPermitted(role, permission)) throw identityErrors.not_permitted();
}
