import {
  createSchedule,
  deleteSchedule,
  getSchedule,
  listSchedules,
  type ScheduleShape,
  updateSchedule,
} from "@latchkey/contract/schedules";
import type { AnswerableOwner } from "@latchkey/contract/shapes";
import { type BoundRoute, implement } from "../http/call.ts";
import { type Identity, showOwners, type TeamPrincipal } from "../identity/index.ts";
import type { EpochMs } from "../kernel/clock.ts";
import { toTimestamp } from "../kernel/timestamp.ts";
import type { Namespaces } from "../namespaces/index.ts";
import type { Schedule, Suspension } from "./model.ts";
import type { Schedules } from "./service.ts";

const REASONS: Readonly<Record<Suspension, string>> = {
  owner_left: "its owner has left the team; update it to have it run in your name",
  owner_may_not_invoke: "its owner may not invoke functions any more; update it to have it run in your name",
};

const toNullable = (instant: EpochMs | null): string | null => (instant === null ? null : toTimestamp(instant));

const shape = (schedule: Schedule, owner: AnswerableOwner): ScheduleShape => ({
  namespace: schedule.namespaceId,
  name: schedule.name,
  function: schedule.functionPath,
  type: "SCHEDULED",
  is_enabled: schedule.isEnabled,
  created_at: toTimestamp(schedule.createdAt),
  updated_at: toTimestamp(schedule.updatedAt),
  scheduled_details: { cron: schedule.cron, body: schedule.body === null ? null : { ...schedule.body } },
  scheduled_runs: { last_run_at: toNullable(schedule.lastRunAt), next_run_at: toNullable(schedule.nextRunAt) },
  owner,
  suspended_reason: schedule.suspension === null ? null : REASONS[schedule.suspension],
});

export function scheduleRoutes(deps: {
  schedules: Schedules;
  namespaces: Namespaces;
  identity: Pick<Identity, "serviceIdentities">;
}): BoundRoute[] {
  const { schedules, namespaces, identity } = deps;

  const shapes = async (found: readonly Schedule[]): Promise<ScheduleShape[]> => {
    const show = await showOwners(
      identity,
      found.map(({ owner }) => owner),
    );
    return found.map((schedule) => shape(schedule, show(schedule.owner)));
  };
  const one = async (schedule: Schedule): Promise<ScheduleShape> =>
    shape(schedule, (await showOwners(identity, [schedule.owner]))(schedule.owner));

  return [
    implement<TeamPrincipal, typeof listSchedules>(listSchedules, async ({ caller, params }) => {
      const found = await schedules.list(await namespaces.require(caller, params.namespace_id));
      return { status: 200, body: { triggers: await shapes(found) } };
    }),

    implement<TeamPrincipal, typeof createSchedule>(createSchedule, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      const { name, function: functionPath, is_enabled, scheduled_details } = call.body();
      const { cron, body } = scheduled_details;
      const input = { name, functionPath, cron, body: body ?? null, isEnabled: is_enabled };
      return {
        status: 200,
        body: { trigger: await one(await schedules.create(call.caller, namespace, input, call)) },
      };
    }),

    implement<TeamPrincipal, typeof getSchedule>(getSchedule, async ({ caller, params }) => {
      const namespace = await namespaces.require(caller, params.namespace_id);
      return { status: 200, body: { trigger: await one(await schedules.get(namespace, params.trigger_name)) } };
    }),

    implement<TeamPrincipal, typeof updateSchedule>(updateSchedule, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      // Before the body is read: an unknown trigger is a 404 even when the body is wrong as well.
      const { name } = await schedules.get(namespace, call.params.trigger_name);
      const { is_enabled, scheduled_details } = call.body();
      const change = {
        ...(typeof is_enabled === "boolean" && { isEnabled: is_enabled }),
        ...(scheduled_details && { cron: scheduled_details.cron }),
        ...(scheduled_details?.body !== undefined && { body: scheduled_details.body }),
      };
      return {
        status: 200,
        body: { trigger: await one(await schedules.update(call.caller, namespace, name, change, call)) },
      };
    }),

    implement<TeamPrincipal, typeof deleteSchedule>(deleteSchedule, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      await schedules.delete(call.caller, namespace, call.params.trigger_name, call);
      return { status: 204 };
    }),
  ];
}
