import { isPermitted, type Role, type TeamId, type User } from "../identity/index.ts";
import type { Brand } from "../kernel/brand.ts";
import type { EpochMs } from "../kernel/clock.ts";
import type { NamespaceId } from "../namespaces/index.ts";

export type ScheduleId = Brand<string, "ScheduleId">;

/** Why a schedule does not run although it is enabled. Ends when somebody who may changes it: then it runs in their name. */
export type Suspension = "owner_left" | "owner_may_not_invoke";

/** A function that is called at set times. */
export type Schedule = {
  readonly id: ScheduleId;
  readonly namespaceId: NamespaceId;
  readonly name: string;
  /** `function` or `package/function`. */
  readonly functionPath: string;
  readonly cron: string;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly isEnabled: boolean;
  /** Who changed it last: it runs in their name. */
  readonly owner: User;
  readonly suspension: Suspension | null;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly lastRunAt: EpochMs | null;
  /** Null if it is not to run. */
  readonly nextRunAt: EpochMs | null;
};

/** A schedule with what judging a run of it needs. */
export type ScheduleRecord = Schedule & {
  readonly teamId: TeamId;
  /** What the owner is to the team at this moment; null: nothing any more. */
  readonly ownerRole: Role | null;
  /** Counts changes, so that a claim fails on what has changed since it was read. */
  readonly revision: number;
};

/** What keeps an owner in this role from having functions called. */
export function suspensionOf(role: Role | null): Suspension | null {
  if (role === null) return "owner_left";
  return isPermitted(role, "function.invoke") ? null : "owner_may_not_invoke";
}

/** The schedule as it stands, also where no run has noticed yet that its owner may not have it any more. */
export function shown(record: ScheduleRecord): Schedule {
  const suspension = record.suspension ?? suspensionOf(record.ownerRole);
  return suspension === null ? record : { ...record, suspension, nextRunAt: null };
}
