import { availableParallelism, totalmem } from "node:os";
import { join, resolve } from "node:path";
import envPaths from "env-paths";
import { z } from "zod";
import { configErrors } from "./errors.ts";
import { Secret } from "./kernel/secret.ts";
import type { MailServer } from "./notifications/index.ts";

/** Command-line flags that the server understands; what is absent comes from the environment, then from defaults. */
export type OperatorFlags = {
  data?: string;
  host?: string;
  port?: string;
  publicUrl?: string;
};

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, "must be a whole number")
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);

const httpUrl = z
  .string()
  .regex(/^https?:\/\/[^/\s]+/, "must be an http:// or https:// address")
  .transform((url) => url.replace(/\/+$/, ""));

const trueOrFalse = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true");

const badSmtpUrl =
  "must be smtp://host or smtps://host, optionally with user:password@, :port and ?tls=offered; encode special characters in the password as in any URL";

/** The mail server of `smtp://user:password@host:port`. A complaint never quotes it: there is a password in it. */
const smtpUrl = z.string().transform((text, context): Omit<MailServer, "from"> => {
  const url = URL.parse(text);
  const isImplicit = url?.protocol === "smtps:";
  const options = url === null ? [] : [...url.searchParams];
  const isOptional = options.length === 1 && options[0]?.join("=") === "tls=offered" && !isImplicit;
  try {
    if (url === null || !(isImplicit || url.protocol === "smtp:")) throw new URIError();
    if (url.hostname === "" || !/^\/?$/.test(url.pathname) || url.hash !== "") throw new URIError();
    if (options.length > 0 && !isOptional) throw new URIError();
    const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    return {
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? (isImplicit ? 465 : 587) : Number(url.port),
      tls: isImplicit ? "always" : isOptional ? "offered" : "required",
      login: user === "" ? null : { user, password: new Secret(password) },
    };
  } catch {
    context.addIssue({ code: "custom", message: badSmtpUrl });
    return z.NEVER;
  }
});

const ADDRESS = '[^\\s\\p{Cc}<>@,;:"]+@[^\\s\\p{Cc}<>@,;:"]+';
const mailFrom = z
  .string()
  .regex(
    new RegExp(`^(${ADDRESS}|[^\\p{Cc}<>@,;:"]{1,100} <${ADDRESS}>)$`, "u"),
    "must be an e-mail address, or a name with one: Latchkey <latchkey@example.com>",
  );

const KILOBYTE = 1024;

/** Everything that can be set, by its environment variable. docs/operate/configuration.md lists them. */
const Settings = z.object({
  LATCHKEY_DATA: z
    .string()
    .min(1, "must not be empty")
    .default(() => join(envPaths("latchkey", { suffix: "" }).data)),
  LATCHKEY_HOST: z.string().min(1, "must not be empty").default("127.0.0.1"),
  LATCHKEY_PORT: wholeNumber(0, 65_535).default(3233),
  LATCHKEY_PUBLIC_URL: httpUrl.optional(),
  LATCHKEY_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).optional(),
  LATCHKEY_TRUST_PROXY: trueOrFalse,
  LATCHKEY_REQUESTS_PER_HOUR: wholeNumber(1, 1_000_000).default(5000),
  LATCHKEY_REQUESTS_PER_MINUTE: wholeNumber(1, 1_000_000).default(250),
  LATCHKEY_FAILED_ATTEMPTS_PER_MINUTE: wholeNumber(1, 1_000_000).default(600),
  LATCHKEY_FAILED_SIGN_INS_PER_MINUTE: wholeNumber(1, 1_000_000).default(20),
  LATCHKEY_SESSION_HOURS: wholeNumber(1, 8_760).default(24),
  LATCHKEY_NAMESPACES_PER_TEAM: wholeNumber(1, 100_000).default(10),
  LATCHKEY_TRIGGERS_PER_NAMESPACE: wholeNumber(1, 100_000).default(3),
  LATCHKEY_INVOCATIONS_PER_MINUTE: wholeNumber(1, 100_000_000).default(600),
  LATCHKEY_CONCURRENT_INVOCATIONS: wholeNumber(1, 100_000).default(120),
  LATCHKEY_FIRES_PER_MINUTE: wholeNumber(1, 100_000_000).default(600),
  LATCHKEY_WAITING_INVOCATIONS: wholeNumber(1, 10_000_000).default(10_000),
  LATCHKEY_SEQUENCE_LENGTH: wholeNumber(1, 1000).default(50),
  LATCHKEY_FUNCTION_SECONDS_MAX: wholeNumber(1, 86_400).default(900),
  LATCHKEY_FUNCTION_MEMORY_MB_MAX: wholeNumber(128, 1_048_576).default(1024),
  LATCHKEY_FUNCTION_LOGS_MB_MAX: wholeNumber(0, 1024).default(10),
  LATCHKEY_FUNCTION_LOGS_KEPT_KB: wholeNumber(0, 1_048_576).default(256),
  LATCHKEY_FUNCTION_CODE_KB_MAX: wholeNumber(1, 49_152).default(49_152),
  LATCHKEY_FUNCTION_PARAMETERS_KB_MAX: wholeNumber(1, 1024).default(1024),
  LATCHKEY_FUNCTION_PAYLOAD_KB_MAX: wholeNumber(1, 1024).default(1024),
  LATCHKEY_ACTIVATION_RETENTION_HOURS: wholeNumber(1, 87_600).default(72),
  LATCHKEY_AUDIT_RETENTION_DAYS: wholeNumber(1, 36_500).optional(),
  LATCHKEY_FUNCTION_MEMORY_MB: wholeNumber(128, 1_048_576).default(() =>
    Math.max(512, Math.floor(totalmem() / 2 / 1_048_576)),
  ),
  LATCHKEY_SMTP_URL: smtpUrl.optional(),
  LATCHKEY_MAIL_FROM: mailFrom.optional(),
  LATCHKEY_WEBHOOKS_TO_PRIVATE_NETWORKS: trueOrFalse,
});

export type Config = {
  readonly dataPath: string;
  readonly host: string;
  readonly port: number;
  /** What `api_host` says; null: wherever the server turns out to listen. */
  readonly publicUrl: string | null;
  /** Null: everything that matters to a log, but on a terminal, where a person reads, only what went wrong. */
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent" | null;
  readonly trustProxy: boolean;
  readonly rateLimits: { readonly perHour: number; readonly perMinute: number };
  readonly failedAttemptsPerMinute: number;
  readonly failedSignInsPerMinute: number;
  readonly sessionLifetimeMs: number;
  readonly namespacesPerTeam: number;
  readonly triggersPerNamespace: number;
  readonly invocations: {
    readonly perMinute: number;
    readonly concurrent: number;
    readonly firesPerMinute: number;
    readonly waiting: number;
    readonly sequenceLength: number;
  };
  /** The most that one function may ask for, or be given. */
  readonly functionMax: {
    readonly timeoutMs: number;
    readonly memoryMb: number;
    readonly logsMb: number;
    readonly logsKeptBytes: number;
    readonly codeBytes: number;
    readonly parametersBytes: number;
    readonly payloadBytes: number;
  };
  readonly activationRetentionMs: number;
  /** Null: the audit log is kept for ever. */
  readonly auditRetentionDays: number | null;
  /** Memory limits of all warm function processes together. */
  readonly functionMemoryMb: number;
  readonly processors: number;
  /** Null: nobody gets mail. */
  readonly mailServer: MailServer | null;
  readonly webhooksToPrivateNetworks: boolean;
};

/** Flags win over the environment, which wins over defaults. Pure; throws one `config.invalid` that names every problem. */
export function parseConfig(flags: OperatorFlags, environment: Readonly<Record<string, string | undefined>>): Config {
  const given = {
    ...environment,
    ...(flags.data === undefined ? {} : { LATCHKEY_DATA: flags.data }),
    ...(flags.host === undefined ? {} : { LATCHKEY_HOST: flags.host }),
    ...(flags.port === undefined ? {} : { LATCHKEY_PORT: flags.port }),
    ...(flags.publicUrl === undefined ? {} : { LATCHKEY_PUBLIC_URL: flags.publicUrl }),
  };
  const parsed = Settings.safeParse(given);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => `${nameOf(String(issue.path[0]))} ${issue.message}`),
    ...missingOfPair(given, "LATCHKEY_SMTP_URL", "LATCHKEY_MAIL_FROM"),
  ];
  if (!parsed.success || problems.length > 0) throw configErrors.invalid({ says: problems.join("\n") });
  const settings = parsed.data;
  const { LATCHKEY_SMTP_URL: smtp, LATCHKEY_MAIL_FROM: from } = settings;
  return {
    dataPath: resolve(settings.LATCHKEY_DATA),
    host: settings.LATCHKEY_HOST,
    port: settings.LATCHKEY_PORT,
    publicUrl: settings.LATCHKEY_PUBLIC_URL ?? null,
    logLevel: settings.LATCHKEY_LOG_LEVEL ?? null,
    trustProxy: settings.LATCHKEY_TRUST_PROXY,
    rateLimits: { perHour: settings.LATCHKEY_REQUESTS_PER_HOUR, perMinute: settings.LATCHKEY_REQUESTS_PER_MINUTE },
    failedAttemptsPerMinute: settings.LATCHKEY_FAILED_ATTEMPTS_PER_MINUTE,
    failedSignInsPerMinute: settings.LATCHKEY_FAILED_SIGN_INS_PER_MINUTE,
    sessionLifetimeMs: settings.LATCHKEY_SESSION_HOURS * 3_600_000,
    namespacesPerTeam: settings.LATCHKEY_NAMESPACES_PER_TEAM,
    triggersPerNamespace: settings.LATCHKEY_TRIGGERS_PER_NAMESPACE,
    invocations: {
      perMinute: settings.LATCHKEY_INVOCATIONS_PER_MINUTE,
      concurrent: settings.LATCHKEY_CONCURRENT_INVOCATIONS,
      firesPerMinute: settings.LATCHKEY_FIRES_PER_MINUTE,
      waiting: settings.LATCHKEY_WAITING_INVOCATIONS,
      sequenceLength: settings.LATCHKEY_SEQUENCE_LENGTH,
    },
    functionMax: {
      timeoutMs: settings.LATCHKEY_FUNCTION_SECONDS_MAX * 1000,
      memoryMb: settings.LATCHKEY_FUNCTION_MEMORY_MB_MAX,
      logsMb: settings.LATCHKEY_FUNCTION_LOGS_MB_MAX,
      logsKeptBytes: settings.LATCHKEY_FUNCTION_LOGS_KEPT_KB * KILOBYTE,
      codeBytes: settings.LATCHKEY_FUNCTION_CODE_KB_MAX * KILOBYTE,
      parametersBytes: settings.LATCHKEY_FUNCTION_PARAMETERS_KB_MAX * KILOBYTE,
      payloadBytes: settings.LATCHKEY_FUNCTION_PAYLOAD_KB_MAX * KILOBYTE,
    },
    activationRetentionMs: settings.LATCHKEY_ACTIVATION_RETENTION_HOURS * 3_600_000,
    auditRetentionDays: settings.LATCHKEY_AUDIT_RETENTION_DAYS ?? null,
    functionMemoryMb: settings.LATCHKEY_FUNCTION_MEMORY_MB,
    processors: availableParallelism(),
    mailServer: smtp === undefined || from === undefined ? null : { ...smtp, from },
    webhooksToPrivateNetworks: settings.LATCHKEY_WEBHOOKS_TO_PRIVATE_NETWORKS,
  };
}

/** Settings that mean nothing without each other. */
function missingOfPair(given: Readonly<Record<string, unknown>>, one: string, other: string): string[] {
  if ((given[one] === undefined) === (given[other] === undefined)) return [];
  const [present, missing] = given[one] === undefined ? [other, one] : [one, other];
  return [`${missing} is missing: it is needed with ${present}`];
}

const FLAGS: Readonly<Record<string, string>> = {
  LATCHKEY_DATA: "--data",
  LATCHKEY_HOST: "--host",
  LATCHKEY_PORT: "--port",
  LATCHKEY_PUBLIC_URL: "--public-url",
};
const nameOf = (variable: string): string => (variable in FLAGS ? `${FLAGS[variable]} (${variable})` : variable);

/** The process environment. The only place in the server that reads it. */
export const processEnvironment = (): Readonly<Record<string, string | undefined>> => process.env;
