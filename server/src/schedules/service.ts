import type { Audit, Origin } from "../audit/index.ts";
import { actorOf, type Identity, type TeamId, type TeamPrincipal, type UserId } from "../identity/index.ts";
import type { Clock, EpochMs } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { Random } from "../kernel/random.ts";
import type { Namespace, NamespaceId, Namespaces } from "../namespaces/index.ts";
import { appendChange } from "../store/changes.ts";
import type { Store } from "../store/store.ts";
import type { Tx } from "../store/transaction.ts";
import { type CronTimes, parseCron } from "./cron.ts";
import { scheduleErrors } from "./errors.ts";
import { type Schedule, type ScheduleId, type ScheduleRecord, shown } from "./model.ts";
import {
  deleteSchedule,
  findSchedule,
  insertSchedule,
  listSchedules,
  listSchedulesOf,
  removeSchedulesOf,
  suspendSchedulesOf,
  updateSchedule,
} from "./queries.ts";
import { type CallQueue, createRunner } from "./runner.ts";

export type NewSchedule = Pick<Schedule, "name" | "functionPath" | "cron" | "body" | "isEnabled">;
/** What is left out stays as it is. */
export type ScheduleChange = Partial<Pick<Schedule, "cron" | "body" | "isEnabled">>;

export type SchedulesDeps = {
  store: Store;
  clock: Clock;
  random: Random;
  log: Log;
  audit: Audit;
  identity: Pick<Identity, "onRemove" | "requireStandingIn">;
  namespaces: Namespaces;
  /** Whether a namespace has a function of this name, `function` or `package/function`. */
  hasFunction: (namespaceId: NamespaceId, path: string) => boolean;
  queue: CallQueue;
  /** How many schedules a namespace may have. */
  limit: number;
};

/** Schedules: functions that are called at set times. DigitalOcean calls them triggers. */
export function createSchedules(deps: SchedulesDeps) {
  const { store, clock, random, audit, identity, namespaces, hasFunction, limit } = deps;
  const runner = createRunner(deps);

  namespaces.onDelete(removeSchedulesOf);
  // At once, so that somebody who is added again later finds them suspended, whether or not they came to run meanwhile.
  identity.onRemove(async (tx, { teamId, userId }) => ({
    triggers: await suspendSchedulesOf(tx, teamId, userId, "owner_left"),
  }));

  const requireSchedule = async (db: Store["db"] | Tx, namespace: Namespace, name: string): Promise<ScheduleRecord> => {
    const found = await findSchedule(db, namespace.id, name);
    if (found === undefined) throw scheduleErrors.not_found();
    return found;
  };

  /** What every change writes beside itself. Arguments stay out of the audit log: they may hold anything. */
  const recordChange = async (
    tx: Tx,
    { caller, origin }: { caller: TeamPrincipal; origin: Origin },
    { did, schedule, at }: { did: "create" | "update" | "delete"; schedule: Schedule; at: EpochMs },
  ): Promise<void> => {
    const { namespaceId, name, functionPath, cron, isEnabled, owner } = schedule;
    const target = { kind: "schedule", id: `${namespaceId}/${name}` };
    await appendChange(tx, { kind: "schedule", targetId: target.id, at });
    const details = { function: functionPath, cron, is_enabled: isEnabled, owner: owner.id };
    await audit.record(tx, {
      teamId: caller.teamId,
      actor: actorOf(caller),
      verb: `schedule.${did}`,
      target,
      origin,
      details,
    });
  };

  return {
    async list(namespace: Namespace): Promise<Schedule[]> {
      return (await listSchedules(store.db, namespace.id)).map(shown);
    },

    /** What runs in somebody's name, in all namespaces of a team. */
    async listOwnedBy(teamId: TeamId, ownerId: UserId): Promise<Schedule[]> {
      return (await listSchedulesOf(store.db, teamId, ownerId)).map(shown);
    },

    async get(namespace: Namespace, name: string): Promise<Schedule> {
      return shown(await requireSchedule(store.db, namespace, name));
    },

    /** Throws `schedule.cron_invalid`, `function_unknown`, `name_taken`, `limit_reached`, in this order. */
    async create(caller: TeamPrincipal, namespace: Namespace, input: NewSchedule, origin: Origin): Promise<Schedule> {
      const at = clock.now();
      const times = requireCron(input.cron, "create", at);
      if (!hasFunction(namespace.id, input.functionPath)) throw scheduleErrors.function_unknown();
      const schedule: Schedule = {
        ...input,
        id: random.uuid() as ScheduleId,
        namespaceId: namespace.id,
        owner: caller.user,
        suspension: null,
        createdAt: at,
        updatedAt: at,
        lastRunAt: null,
        nextRunAt: input.isEnabled ? times.next(at) : null,
      };
      return store.transaction(async (tx) => {
        // Again inside: caller and namespace may have gone since they were looked up.
        await identity.requireStandingIn(tx, caller, "trigger.manage");
        await namespaces.requireIn(tx, caller, namespace.id);
        const existing = await listSchedules(tx, namespace.id);
        if (existing.some(({ name }) => name === schedule.name)) throw scheduleErrors.name_taken();
        if (existing.length >= limit) throw scheduleErrors.limit_reached();
        await insertSchedule(tx, schedule);
        await recordChange(tx, { caller, origin }, { did: "create", schedule, at });
        return schedule;
      });
    },

    /**
     * Changes a schedule; from now on it runs in the caller's name, and not for what has been missed until now. Throws
     * `schedule.not_found` and `schedule.cron_invalid`.
     */
    update: (
      caller: TeamPrincipal,
      namespace: Namespace,
      name: string,
      change: ScheduleChange,
      origin: Origin,
    ): Promise<Schedule> =>
      store.transaction(async (tx) => {
        await identity.requireStandingIn(tx, caller, "trigger.manage");
        const found = await requireSchedule(tx, namespace, name);
        const at = clock.now();
        const changed = { ...found, ...change, owner: caller.user, suspension: null, updatedAt: at };
        const times = requireCron(changed.cron, "update", at);
        // A tick that has come and is not taken yet stays due; changing the arguments does not undo it.
        const keepsTime = found.nextRunAt !== null && changed.isEnabled && changed.cron === found.cron;
        const nextRunAt = keepsTime ? found.nextRunAt : times.next(at);
        const schedule: Schedule = { ...changed, nextRunAt: changed.isEnabled ? nextRunAt : null };
        await updateSchedule(tx, schedule);
        await recordChange(tx, { caller, origin }, { did: "update", schedule, at });
        return schedule;
      }),

    delete: (caller: TeamPrincipal, namespace: Namespace, name: string, origin: Origin): Promise<void> =>
      store.transaction(async (tx) => {
        await identity.requireStandingIn(tx, caller, "trigger.manage");
        const schedule = await requireSchedule(tx, namespace, name);
        await deleteSchedule(tx, schedule.id);
        await recordChange(tx, { caller, origin }, { did: "delete", schedule, at: clock.now() });
      }),

    /** Has every function called whose time has come. To be called about once a second, by every server. */
    runDue: runner.runDue,
  };
}

export type Schedules = ReturnType<typeof createSchedules>;

/** Refuses what is no five-field cron expression, and what names no date that ever comes. */
function requireCron(text: string, doing: "create" | "update", now: EpochMs): CronTimes {
  const times = parseCron(text);
  const refuse = (what: string) =>
    scheduleErrors.cron_invalid({ says: `validating ${doing} trigger: validation error: ${what}` });
  if (times === undefined) throw refuse(`invalid cron expression: five fields, as in "0 3 * * *", are expected`);
  if (times.next(now) === null) throw refuse("invalid cron expression: there is no such date");
  return times;
}
