import type { Role, TeamId, User, UserId } from "../identity/index.ts";
import type { EpochMs } from "../kernel/clock.ts";
import type { NamespaceId } from "../namespaces/index.ts";
import type { Row } from "../store/tables.ts";
import type { Db, Tx } from "../store/transaction.ts";
import type { Schedule, ScheduleId, ScheduleRecord, Suspension } from "./model.ts";

/** A schedule with whose it is, and what they are to the team. */
type ScheduleRow = Row<"schedules"> & {
  owner_kind: User["kind"];
  owner_name: string;
  owner_role: Role | null;
  team_id: string;
};

const toRecord = (row: ScheduleRow): ScheduleRecord => ({
  id: row.id as ScheduleId,
  namespaceId: row.namespace_id as NamespaceId,
  name: row.name,
  functionPath: row.function_path,
  cron: row.cron,
  body: row.body === null ? null : (JSON.parse(row.body) as ScheduleRecord["body"]),
  isEnabled: row.is_enabled === 1,
  owner: { id: row.owner_id as UserId, kind: row.owner_kind, name: row.owner_name },
  suspension: row.suspension,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  lastRunAt: row.last_run_at,
  nextRunAt: row.next_run_at,
  teamId: row.team_id as TeamId,
  ownerRole: row.owner_role,
  revision: row.revision,
});

const schedules = (db: Db | Tx) =>
  db
    .selectFrom("schedules as s")
    .innerJoin("namespaces as n", "n.id", "s.namespace_id")
    .innerJoin("users as u", "u.id", "s.owner_id")
    .leftJoin("memberships as m", (join) =>
      join.onRef("m.team_id", "=", "n.team_id").onRef("m.user_id", "=", "s.owner_id"),
    )
    .selectAll("s")
    .select(["u.kind as owner_kind", "u.name as owner_name", "m.role as owner_role", "n.team_id"]);

/** A namespace's schedules, oldest first. */
export async function listSchedules(db: Db | Tx, namespaceId: NamespaceId): Promise<ScheduleRecord[]> {
  const rows = await schedules(db)
    .where("s.namespace_id", "=", namespaceId)
    .orderBy("s.created_at")
    .orderBy("s.name")
    .execute();
  return rows.map(toRecord);
}

/** What runs in somebody's name, in all namespaces of a team: by namespace and name. */
export async function listSchedulesOf(db: Db | Tx, teamId: TeamId, ownerId: UserId): Promise<ScheduleRecord[]> {
  const rows = await schedules(db)
    .where("s.owner_id", "=", ownerId)
    .where("n.team_id", "=", teamId)
    .orderBy("s.namespace_id")
    .orderBy("s.name")
    .execute();
  return rows.map(toRecord);
}

export async function findSchedule(
  db: Db | Tx,
  namespaceId: NamespaceId,
  name: string,
): Promise<ScheduleRecord | undefined> {
  const row = await schedules(db)
    .where("s.namespace_id", "=", namespaceId)
    .where("s.name", "=", name)
    .executeTakeFirst();
  return row === undefined ? undefined : toRecord(row);
}

const toBody = (body: Schedule["body"]): string | null => (body === null ? null : JSON.stringify(body));

export async function insertSchedule(tx: Tx, schedule: Schedule): Promise<void> {
  await tx
    .insertInto("schedules")
    .values({
      id: schedule.id,
      namespace_id: schedule.namespaceId,
      name: schedule.name,
      function_path: schedule.functionPath,
      cron: schedule.cron,
      body: toBody(schedule.body),
      is_enabled: schedule.isEnabled ? 1 : 0,
      owner_id: schedule.owner.id,
      suspension: schedule.suspension,
      created_at: schedule.createdAt,
      updated_at: schedule.updatedAt,
      last_run_at: schedule.lastRunAt,
      next_run_at: schedule.nextRunAt,
      revision: 1,
    })
    .execute();
}

/** Writes what of a schedule can change. */
export async function updateSchedule(tx: Tx, schedule: Schedule): Promise<void> {
  await tx
    .updateTable("schedules")
    .set((eb) => ({
      cron: schedule.cron,
      body: toBody(schedule.body),
      is_enabled: schedule.isEnabled ? 1 : 0,
      owner_id: schedule.owner.id,
      suspension: schedule.suspension,
      updated_at: schedule.updatedAt,
      next_run_at: schedule.nextRunAt,
      revision: eb("revision", "+", 1),
    }))
    .where("id", "=", schedule.id)
    .execute();
}

export async function deleteSchedule(tx: Tx, id: ScheduleId): Promise<void> {
  await tx.deleteFrom("schedules").where("id", "=", id).execute();
}

/** Removes all that a namespace has. */
export async function removeSchedulesOf(tx: Tx, namespaceId: NamespaceId): Promise<void> {
  await tx.deleteFrom("schedules").where("namespace_id", "=", namespaceId).execute();
}

/** Suspends all that somebody owns in a team. Gives them as `namespace/name`. */
export async function suspendSchedulesOf(
  tx: Tx,
  teamId: TeamId,
  ownerId: UserId,
  suspension: Suspension,
): Promise<string[]> {
  const rows = await tx
    .updateTable("schedules")
    .set((eb) => ({ suspension, next_run_at: null, revision: eb("revision", "+", 1) }))
    .where("owner_id", "=", ownerId)
    .where("namespace_id", "in", (eb) => eb.selectFrom("namespaces").select("id").where("team_id", "=", teamId))
    .returning(["namespace_id", "name"])
    .execute();
  return rows.map((row) => `${row.namespace_id}/${row.name}`);
}

/** Where in the order of what is due somebody has got to. */
export type Due = { readonly id: ScheduleId; readonly nextRunAt: EpochMs };

/** The schedules whose time has come, those that wait longest first, from `after` on. */
export async function findDue(db: Db | Tx, now: EpochMs, limit: number, after: Due | undefined): Promise<Due[]> {
  const rows = await db
    .selectFrom("schedules")
    .select(["id", "next_run_at"])
    .where("next_run_at", "<=", now)
    .$if(after !== undefined, (query) =>
      query.where((eb) => eb(eb.refTuple("next_run_at", "id"), ">", eb.tuple(after?.nextRunAt ?? 0, after?.id ?? ""))),
    )
    .orderBy("next_run_at")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ id: row.id as ScheduleId, nextRunAt: row.next_run_at ?? now }));
}

/** The schedule, if its time has come and nobody has taken it since. */
export async function findIfDue(tx: Tx, id: ScheduleId, now: EpochMs): Promise<ScheduleRecord | undefined> {
  const row = await schedules(tx).where("s.id", "=", id).where("s.next_run_at", "<=", now).executeTakeFirst();
  return row === undefined ? undefined : toRecord(row);
}

/** What a schedule becomes when its time has come. */
export type Tick =
  | { readonly kind: "run"; readonly at: EpochMs; readonly nextRunAt: EpochMs | null }
  | { readonly kind: "suspend"; readonly suspension: Suspension };

/**
 * Takes the tick that `seen` shows, unless somebody else has, or has changed the schedule. Compare-and-set: of all who try it
 * at the same time on the same database, one is told `true`.
 */
export async function claimTick(tx: Tx, seen: ScheduleRecord, tick: Tick): Promise<boolean> {
  const taken =
    tick.kind === "run"
      ? { next_run_at: tick.nextRunAt, last_run_at: tick.at }
      : { next_run_at: null, suspension: tick.suspension };
  const { numUpdatedRows } = await tx
    .updateTable("schedules")
    .set(taken)
    .where("id", "=", seen.id)
    .where("revision", "=", seen.revision)
    .where("next_run_at", "=", seen.nextRunAt)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Undoes a claim in the transaction that made it: as if nobody had tried. */
export async function returnTick(tx: Tx, { id, nextRunAt, lastRunAt }: ScheduleRecord): Promise<void> {
  await tx
    .updateTable("schedules")
    .set({ next_run_at: nextRunAt, last_run_at: lastRunAt })
    .where("id", "=", id)
    .execute();
}
