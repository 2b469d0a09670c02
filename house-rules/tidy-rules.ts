/** One house rule: a pattern, the only files it may match in, and why. */
export type TidyRule = {
  readonly forbid: RegExp;
  /** What of a file is searched: its code without comments and strings, its whole text line by line, or its path. */
  readonly lookIn: "code" | "text" | "path";
  /** The files the rule is about, as globs; all when absent. */
  readonly within?: readonly string[];
  /** The files among those where the thing belongs, as globs. */
  readonly allowedIn: readonly string[];
  /** Completes the sentence "not here, because …". */
  readonly because: string;
  /** Lines (or paths) that the rule must catch, and neighbours of theirs that it must let pass: the rule's own test. */
  readonly catches: readonly string[];
  readonly passes: readonly string[];
};

const TESTS = ["**/*.test.ts", "server/test/**", "cli/test/**"];
const E2E = "**/*.e2e.test.ts";
/** They run inside a function's process, whose own interface this is. */
const LAUNCHERS = "server/src/runtime/launchers/**";
/** Users' projects, written as users write them. */
const EXAMPLES = "examples/**";

/** The rules. Biome says what it can say (biome.jsonc); here is what needs our words. */
export const TIDY_RULES: readonly TidyRule[] = [
  {
    forbid: /\bDate\.now\b|\bnew Date(\(\s*\)|(?!\s*\())|\bDate\(\)|\bperformance\.now\b|\bhrtime\b/,
    lookIn: "code",
    within: ["{contract,server}/src/**"],
    allowedIn: ["server/src/kernel/**", LAUNCHERS, E2E],
    because: "time is handed in: a service asks its Clock, a rule takes `now` (kernel/clock.ts)",
    catches: ["if (key.expiresAt < Date.now()) {", "const at = new Date();", "sort(performance.now)", "new Date"],
    passes: ["new Date(epochMs).toISOString()", "type When = Date | number", "clock.now()"],
  },
  {
    forbid: /\bMath\.random\b|\brandom(Bytes|UUID|Int|Fill(Sync)?)\b|\bgetRandomValues\b/,
    lookIn: "code",
    within: ["{contract,server}/src/**"],
    allowedIn: ["server/src/kernel/**", LAUNCHERS, E2E],
    because: "randomness is handed in as a Random, so that tests can seed it (kernel/random.ts)",
    catches: ["id = randomUUID()", 'import { randomBytes } from "node:crypto";', "Math.random() < 0.5"],
    passes: ["random.uuid()", "randomHex(random, 16)"],
  },
  {
    forbid: /\buseFakeTimers\b|\bsetSystemTime\b/,
    lookIn: "code",
    allowedIn: [],
    because: "a test moves the clock it handed in, not everybody's",
    catches: ["vi.useFakeTimers();", "vi.setSystemTime(at)"],
    passes: ["clock.advanceMs(1000)"],
  },
  {
    forbid: /\bprocess\??\.env\b|\{[^}]*\benv\b[^}]*\}\s*(=\s*process\b|from\b)/,
    lookIn: "code",
    allowedIn: ["{server,cli}/src/config.ts", "server/bench/**", LAUNCHERS, EXAMPLES, ...TESTS],
    because: "environment becomes configuration in one place, which reports every problem at once (config.ts)",
    catches: [
      "const home = process.env.HOME;",
      "const { argv, env } = process;",
      'import { env } from "node:process";',
    ],
    passes: ["parseConfig(env)", "// process.env is the caller's affair", 'throw new Error("set process.env.X")'],
  },
  {
    forbid: /\bconsole\b/,
    lookIn: "code",
    allowedIn: [LAUNCHERS, EXAMPLES],
    because: "the server has a Log, the command line an output; both know what must not be printed",
    catches: ["console.log(key);", "const { warn } = console;"],
    passes: ["log.info({ keyId }, message)", '"console.log in a function"'],
  },
  {
    forbid: /\b(test|it|describe|suite)\.(only|skip|todo|fails|skipIf|runIf)\b/,
    lookIn: "code",
    allowedIn: [],
    because: "a promise that is not tried out is not kept; delete the test or make it run",
    catches: ['test.only("x", () => {', 'describe.skip("y"', "test.skipIf(noPhp)", 'it.todo("later")'],
    passes: ["test.each(rows)", "reader.skip(4)"],
  },
  {
    forbid: /\bvi\.(mock|doMock|spyOn|stubGlobal)\b|\btoHaveBeenCalled/,
    lookIn: "code",
    within: TESTS,
    allowedIn: [],
    because:
      "a test looks at what a caller can observe, not at who called whom (doubles: time, randomness, other machines)",
    catches: ['vi.mock("./queries.ts");', "expect(send).toHaveBeenCalledWith(1)"],
    passes: ["expect(sent).toEqual([1])"],
  },
  {
    forbid: /\.(message|stack|cause)\b/,
    lookIn: "code",
    within: ["server/src/http/error-shape.ts"],
    allowedIn: [],
    because: "only `says` is written for callers; a message may hold anything",
    catches: ["return { error: error.message };", "error.cause"],
    passes: ["return { error: error.says };", "{ message: error.says }"],
  },
  {
    forbid: /\.\s*reveal\b/,
    lookIn: "code",
    allowedIn: [
      "server/src/access-keys/routes/shapes.ts", // shown once, to who made the key
      "server/src/access-keys/service/{issue,found-secrets}.ts", // hashed
      "server/src/runtime/cell.ts", // given to the function it is made for, over its channel
      "server/src/identity/secrets.ts", // hashed, and put into links
      "server/src/identity/routes/{invitations,sessions,tokens}.ts", // shown once, to who made it
      "server/src/notifications/model/mails.ts", // mailed to whom it is for, and sealed until then
      "server/src/notifications/routes.ts", // shown once, to who made the webhook
      "server/src/notifications/service/send-mail.ts", // said to the mail server
      "server/src/notifications/service/webhooks.ts", // sealed
      "server/src/operator.ts", // shown once, to who set the server up
      "cli/src/commands/key/revoke-found.ts", // sent to be ended
      "contract/src/client-request.ts", // sent in the Authorization header
      "cli/src/connections/connection.ts", // kept in the connections file, mode 0600
      "cli/src/logins/store.ts", // kept in the login's file, mode 0600
      "cli/src/commands/{account/update,login/login,login/obtain-secret,password/set,password/redeem,team/accept}.ts", // sent in a body, once
      "server/bench/**",
      ...TESTS,
    ],
    because: "a secret comes out of its wrapper in few places, each reviewed: add the file here with your change",
    catches: ["digest(secret.reveal())", "secrets.map((secret) => secret\n  .reveal())"],
    passes: ["show(secret)"],
  },
  {
    forbid: /\bas unknown as\b/,
    lookIn: "code",
    allowedIn: [],
    because: "it switches the type checker off; parse, or mend the type",
    catches: ["const tx = db as unknown as Tx;"],
    passes: ["JSON.parse(text) as unknown", "const KINDS = [1] as const"],
  },
  {
    forbid: /biome-ignore|eslint-disable|@ts-(ignore|nocheck)|@ts-expect-error\s*(\*\/)?$|v8 ignore|istanbul ignore/,
    lookIn: "text",
    allowedIn: ["house-rules/*", "biome.jsonc"],
    because: "exemptions stand in the tools' configuration, each with its reason",
    catches: ["// biome-ignore lint/suspicious/noConsole: debugging", "// @ts-nocheck", "// @ts-expect-error"],
    passes: ["// @ts-expect-error a KeyId is not a NamespaceId"],
  },
  {
    forbid: /\b(TODO|FIXME|XXX)\b(?!\(#\d+\))/,
    lookIn: "text",
    allowedIn: ["house-rules/*", "CONTRIBUTING.md"],
    because: "what is left to do is an issue; a note in the code names it: TODO(#12)",
    catches: ["// TODO: later", "# FIXME (12)", "<!-- XXX -->"],
    passes: ["// TODO(#12): later", "mktemp latchkey.XXXXXX"],
  },
  {
    forbid: /\b(dofs_v1_(?!(.)\2+\b)[0-9A-Za-z]{56}|dop_v1_(?!(.)\3+\b)[0-9a-f]{64})\b/,
    lookIn: "text",
    allowedIn: [],
    because: "whole secrets are made when a test runs; one that is written down looks real to people and scanners",
    catches: [`"dofs_v1_${"Ab3".repeat(18)}xy"`, `Bearer dop_v1_${"0f".repeat(32)}`],
    passes: ['"dofs_v1_"', "dop_v1_...", `dofs_v1_${"a".repeat(56)}`],
  },
  {
    forbid: /(?<![\w.}~-])\/(home|Users|root|work(space)?|mnt)\/[\w.-]+|\b[A-Z]:\\Users\\/,
    lookIn: "text",
    allowedIn: ["house-rules/*"],
    because: "a path on somebody's machine is on nobody else's",
    catches: ['readFileSync("/home/ada/latchkey/x")', "cd /workspace/latchkey", "/Users/ada/x"],
    passes: ["~/.config/latchkey", "GET /api/v1/home/x", "https://example.org/home/x", "$HOME/root/x"],
  },
  {
    forbid: /(^|\/)(utils?|helpers?|common|misc|lib|types|services|shared)(\/|\.[jt]s$)/,
    lookIn: "path",
    allowedIn: [EXAMPLES, "panel/src/shared/**"],
    because: "a drawer says nothing of what is in it; name the thing, and put it in the room it belongs to",
    catches: ["server/src/utils/dates.ts", "cli/src/helpers.ts", "contract/src/types/key.ts"],
    passes: ["server/src/store/tables.ts", "server/src/access-keys/service/issue.ts"],
  },
];
