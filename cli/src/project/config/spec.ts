import { z } from "zod";
import { isSchedule } from "./schedule.ts";

// The members of project.yml, their types, and what is said of a wrong one. `check.ts` replaces {key} and {value} by what
// is written in the file, and says what there is to say of keys that are not listed.

const FALSE_SAYS_SOMETHING = new Set(["web", "enabled"]);

/** Members left empty as reminders (`main: ''`, `limits:`) count as not written; so does every unknown one of that kind. */
function onlyPresent(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([key, member]) => member || (member === false && FALSE_SAYS_SOMETHING.has(key))),
  );
}

const text = (key: string, of: string) => z.string({ error: `'${key}' member of a '${of}' must be a string` });
const flag = (key: string, of: string) => z.boolean({ error: `'${key}' member of a '${of}' must be a boolean` });
const required = (key: string, of: string) =>
  z.string({
    error: ({ input }) =>
      input === undefined ? `the 'name' field of a ${of} is required` : `'${key}' member of a '${of}' must be a string`,
  });
const web = (of: string) =>
  z.union([z.boolean(), z.literal("raw")], {
    error: `'web' member of a '${of}' must be a boolean or the string 'raw'`,
  });
const dictionary = (key: string) =>
  z.record(z.string(), z.json({ error: `'${key}' holds a value that JSON cannot express` }), {
    error: `${key} must be a dictionary`,
  });
const strings = z.record(
  z.string(),
  z.string({
    error: ({ input }) => `All environment values must be strings but '{key}' has type '${typeof input}'`,
  }),
  { error: "the environment clause must be a dictionary" },
);

const reserved: { readonly [annotation: string]: string } = {
  "require-whisk-auth": "webSecure",
  "web-export": 'web=true|false|"raw"',
  "raw-http": "web=raw",
};
const functionAnnotations = dictionary("annotations").superRefine((annotations, { addIssue }) => {
  for (const name of Object.keys(annotations).filter((key) => Object.hasOwn(reserved, key))) {
    const message = `the '${name}' annotation may not be set explicitly; use '${reserved[name]}'`;
    addIssue({ code: "custom", message, path: [name] });
  }
});

const limit = (key: string) => z.number({ error: `'${key}' member of a 'limits' clause must be a number` }).optional();
const limits = z.strictObject(
  { timeout: limit("timeout"), memory: limit("memory"), logs: limit("logs") },
  { error: ({ code }) => (code === "invalid_type" ? "limits must be a dictionary" : undefined) },
);

const cron = (of: string) =>
  z
    .string({
      error: ({ input }) =>
        input === undefined ? `'${of}' has no 'cron' member` : `the 'cron' member of '${of}' must be a string`,
    })
    .refine(isSchedule, { error: "the cron expression '{value}' is not valid crontab syntax" });
const body = (key: string, of: string) =>
  z.record(z.string(), z.json(), { error: `the '${key}' member of '${of}' must be a dictionary` }).nullish();

const enabled = z.boolean({ error: "the 'enabled' property of a trigger must be boolean" }).optional();
const notADictionary = (what: string) => ({
  error: ({ code }: { code?: string }) => (code === "invalid_type" ? `${what} must be a dictionary` : undefined),
});

const scheduled = z
  .strictObject(
    {
      name: required("name", "trigger"),
      type: z.literal("SCHEDULED", { error: "only triggers of type 'SCHEDULED' are supported" }),
      enabled,
      scheduledDetails: z.strictObject(
        { cron: cron("scheduledDetails"), body: body("body", "scheduledDetails") },
        notADictionary("the 'scheduledDetails' of a trigger"),
      ),
    },
    notADictionary("an individual trigger"),
  )
  .transform(({ name, enabled = true, scheduledDetails: { cron, body } }) => ({
    name,
    enabled,
    cron,
    body: body ?? null,
  }));

/** How triggers were written before they had types. */
const scheduledFormerly = z
  .strictObject({
    name: required("name", "trigger"),
    sourceType: z.literal("scheduler", { error: "only triggers with sourceType 'scheduler' are supported" }),
    enabled,
    sourceDetails: z.strictObject(
      { cron: cron("sourceDetails"), withBody: body("withBody", "sourceDetails") },
      notADictionary("the 'sourceDetails' of a trigger"),
    ),
  })
  .transform(({ name, enabled = true, sourceDetails: { cron, withBody } }) => ({
    name,
    enabled,
    cron,
    body: withBody ?? null,
  }));

const isFormer = (trigger: unknown): boolean =>
  typeof trigger === "object" && trigger !== null && ("sourceType" in trigger || "sourceDetails" in trigger);

/** A trigger in whichever of its two spellings it is written. */
export const triggerSpec = (trigger: unknown) =>
  z.preprocess(onlyPresent, isFormer(trigger) ? scheduledFormerly : scheduled);

const components = "'sequence' member of a 'function' must be an array of one or more strings naming functions";

/** A function without its triggers, which are checked one by one. */
export const functionSpec = z.preprocess(
  onlyPresent,
  z.strictObject(
    {
      name: required("name", "function"),
      file: text("file", "function").optional(),
      main: text("main", "function").optional(),
      docker: text("docker", "function").optional(),
      runtime: text("runtime", "function").optional(),
      binary: flag("binary", "function").optional(),
      remoteBuild: flag("remoteBuild", "function").optional(),
      localBuild: flag("localBuild", "function").optional(),
      sequence: z
        .array(z.string({ error: components }), { error: components })
        .min(1, { error: components })
        .optional(),
      web: web("function").optional(),
      webSecure: z
        .string({ error: "'webSecure' member of a 'function' must be a boolean false or a string" })
        .optional(),
      annotations: functionAnnotations.optional(),
      parameters: dictionary("parameters").optional(),
      environment: strings.optional(),
      limits: limits.optional(),
      triggers: z.array(z.unknown(), { error: "a 'triggers' clause must be an array" }).optional(),
    },
    notADictionary("a function"),
  ),
);

const names = "binding must be a dictionary with the string members 'namespace' and 'name'";
const list = z.array(z.unknown(), { error: "functions member of a 'package' must be an array" }).optional();

/** A package without its functions, which are checked one by one. */
export const packageSpec = z.preprocess(
  onlyPresent,
  z.strictObject(
    {
      name: required("name", "package"),
      functions: list,
      actions: list,
      shared: flag("shared", "package").optional(),
      annotations: dictionary("annotations").optional(),
      parameters: dictionary("parameters").optional(),
      environment: strings.optional(),
      web: web("package").optional(),
      binding: z
        .strictObject(
          { namespace: z.string({ error: names }), name: z.string({ error: names }) },
          {
            error: ({ code }) => (code === "invalid_type" ? names : undefined),
          },
        )
        .optional(),
    },
    notADictionary("a package"),
  ),
);

const target = "targetNamespace must be a string or a dictionary containing 'test' and/or 'production' members";

const oneOfTwo = z
  .strictObject({ test: z.string().optional(), production: z.string().optional() })
  .refine(({ test, production }) => test !== undefined || production !== undefined, { error: target });

/** The project without its packages, which are checked one by one. */
export const projectSpec = z.preprocess(
  onlyPresent,
  z.strictObject({
    targetNamespace: z.union([z.string(), oneOfTwo], { error: target }).optional(),
    packages: z.array(z.unknown(), { error: "packages member must be an array" }).optional(),
    parameters: dictionary("parameters").optional(),
    environment: dictionary("environment").optional(),
  }),
);

/** Checked members of a function, a package and the project. */
export type FunctionSpec = z.output<typeof functionSpec>;
export type PackageSpec = z.output<typeof packageSpec>;
export type ProjectSpec = z.output<typeof projectSpec>;
