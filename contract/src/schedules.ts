import { z } from "zod";
import { route } from "./route.ts";
import { AnswerableOwner, Timestamp } from "./shapes.ts";

const LONGEST = 256;
const DEEPEST = 1000;
/** Clients put names into paths as they are, so only what survives that (do-functions-api 4). */
const NAME = /^[A-Za-z0-9 _.@-]+$/;
const FUNCTION = /^\w[\w @.&-]*(\/\w[\w @.&-]*)?$/;

const aboutCron = { description: "Minute, hour, day of month, month, day of week; in UTC.", example: "0 3 * * *" };
const aboutBody = { description: "Arguments of the function.", example: { to: "ops" } };

/** A scheduled trigger: a function, and when to call it. */
export const ScheduleShape = z
  .object({
    namespace: z.string().meta({ example: "fn-3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11" }),
    name: z.string().meta({ example: "nightly" }),
    function: z.string().meta({ description: "`function` or `package/function`.", example: "reports/send" }),
    type: z.literal("SCHEDULED"),
    is_enabled: z.boolean(),
    created_at: Timestamp,
    updated_at: Timestamp,
    scheduled_details: z.object({
      cron: z.string().meta(aboutCron),
      body: z.record(z.string(), z.unknown()).nullable().meta(aboutBody),
    }),
    scheduled_runs: z.object({
      last_run_at: Timestamp.nullable().meta({ description: "Null until it has run." }),
      next_run_at: Timestamp.nullable().meta({ description: "Null when it will not run." }),
    }),
    owner: AnswerableOwner.meta({ description: "Who changed it last; it runs in their name." }),
    suspended_reason: z
      .string()
      .nullable()
      .meta({ description: "Why it does not run although it is enabled; null if nothing is in its way." }),
  })
  .meta({ id: "ScheduledTrigger" });
export type ScheduleShape = z.infer<typeof ScheduleShape>;

/** Puts what is wrong with a field into DigitalOcean's words. */
type Wording = (problem: string) => string;
const onCreate: Wording = (problem) => `validating create trigger: validation error: ${problem}`;
const onUpdate: Wording = (problem) => `validating update trigger: validation error: ${problem}`;

const isEnabled = (says: Wording) => z.boolean({ error: says("is_enabled must be true or false") });
const scheduledDetails = (says: Wording) =>
  z.object(
    {
      cron: z
        .string({ error: says("missing cron expression") })
        .min(1, says("missing cron expression"))
        .max(LONGEST, says(`cron expression is longer than ${LONGEST} characters`))
        .meta(aboutCron),
      body: z
        .record(z.string(), z.unknown(), { error: says("body must be an object") })
        .refine(isShallow, says("body is nested too deeply"))
        .nullish()
        .meta(aboutBody),
    },
    { error: says("scheduled_details must be an object") },
  );

/** Walks level by level, since a recursion would end where the nesting does its harm. */
function isShallow(body: unknown): boolean {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return false;
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
  return true;
}

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === "";

/** One message for all that is missing, as DigitalOcean's is. */
function refuseMissing(body: unknown, context: z.RefinementCtx): unknown {
  const fields: Readonly<Record<string, unknown>> = typeof body === "object" && body !== null ? { ...body } : {};
  const names = {
    name: "trigger name",
    function: "function name",
    type: "trigger type",
    is_enabled: "is_enabled",
    scheduled_details: "source details",
  };
  const missing = Object.entries(names).filter(([field]) => isMissing(fields[field]));
  if (missing.length === 0) return body;
  const message = onCreate(missing.map(([, name]) => `missing ${name}`).join(", "));
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}

export const CreateScheduleBody = z
  .preprocess(
    refuseMissing,
    z.object({
      name: z
        .string({ error: onCreate("trigger name must be a text") })
        .max(LONGEST, onCreate(`trigger name is longer than ${LONGEST} characters`))
        .regex(NAME, onCreate("trigger name may hold letters, digits, spaces and _ . @ - only"))
        .meta({ example: "nightly" }),
      function: z
        .string({ error: onCreate("function name must be a text") })
        .regex(FUNCTION, onCreate("function name must be FUNCTION or PACKAGE/FUNCTION"))
        .meta({ example: "reports/send" }),
      type: z.literal("SCHEDULED", { error: onCreate("trigger type must be SCHEDULED") }),
      is_enabled: isEnabled(onCreate),
      scheduled_details: scheduledDetails(onCreate),
    }),
  )
  .meta({ id: "CreateScheduledTrigger" });

export const UpdateScheduleBody = z
  .object(
    { is_enabled: isEnabled(onUpdate).nullish(), scheduled_details: scheduledDetails(onUpdate).nullish() },
    { error: onUpdate("missing is_enabled or source details") },
  )
  .refine((body) => !isMissing(body.is_enabled) || !isMissing(body.scheduled_details), {
    error: onUpdate("missing is_enabled or source details"),
  })
  .meta({ id: "UpdateScheduledTrigger", description: "What is left out stays as it is." });

const NamespaceParams = z.object({ namespace_id: z.string() });
const ScheduleParams = z.object({ namespace_id: z.string(), trigger_name: z.string() });
const schedules = "/v2/functions/namespaces/{namespace_id}/triggers";
const one = z.object({ trigger: ScheduleShape });
const control = { dialect: "digitalocean", credential: "token" } as const;

export const listSchedules = route({
  ...control,
  id: "schedule.list",
  summary: "List a namespace's scheduled triggers",
  method: "GET",
  path: schedules,
  scopes: ["function:read", "function:admin"],
  permission: "trigger.read",
  params: NamespaceParams,
  answers: { 200: z.object({ triggers: z.array(ScheduleShape) }) },
  errors: [403, 404],
});

export const createSchedule = route({
  ...control,
  id: "schedule.create",
  summary: "Create a scheduled trigger",
  method: "POST",
  path: schedules,
  scopes: ["function:create", "function:admin"],
  permission: "trigger.manage",
  params: NamespaceParams,
  body: CreateScheduleBody,
  answers: { 200: one },
  errors: [400, 403, 404, 409, 422],
});

export const getSchedule = route({
  ...control,
  id: "schedule.get",
  summary: "Get a scheduled trigger",
  method: "GET",
  path: `${schedules}/{trigger_name}`,
  scopes: ["function:read", "function:admin"],
  permission: "trigger.read",
  params: ScheduleParams,
  answers: { 200: one },
  errors: [403, 404],
});

export const updateSchedule = route({
  ...control,
  id: "schedule.update",
  summary: "Enable, disable or reschedule a scheduled trigger",
  method: "PUT",
  path: `${schedules}/{trigger_name}`,
  scopes: ["function:update", "function:admin"],
  permission: "trigger.manage",
  params: ScheduleParams,
  body: UpdateScheduleBody,
  answers: { 200: one },
  errors: [400, 403, 404],
});

export const deleteSchedule = route({
  ...control,
  id: "schedule.delete",
  summary: "Delete a scheduled trigger",
  method: "DELETE",
  path: `${schedules}/{trigger_name}`,
  scopes: ["function:delete", "function:admin"],
  permission: "trigger.manage",
  params: ScheduleParams,
  answers: { 204: null },
  errors: [403, 404],
});
