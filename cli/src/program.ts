import { type CommanderError, InvalidArgumentError, Command as Parser, Option as ParserOption } from "commander";
import {
  type Argument,
  type Command,
  dashed,
  type Example,
  type Group,
  type Option,
  type RawGiven,
} from "./command.ts";
import { UsageError } from "./failure.ts";
import type { World } from "./world.ts";

/** Options that every command has. */
export const GLOBAL_OPTIONS = {
  output: {
    kind: "text",
    short: "o",
    value: "format",
    choices: ["text", "json"],
    about: "how to print data",
  },
  format: { kind: "text", value: "columns", about: "columns of a table to print, separated by commas" },
  noHeader: { kind: "flag", about: "print tables without their headings" },
  quiet: { kind: "flag", short: "q", about: "print data, warnings and errors, and nothing else" },
  apiUrl: { kind: "text", short: "u", value: "url", about: "where Latchkey is (or LATCHKEY_API_URL)" },
} as const satisfies Record<string, Option>;

const ALSO_TAKES = `Every command also takes ${Object.keys(GLOBAL_OPTIONS)
  .map((name) => `--${dashed(name)}`)
  .join(", ")}: see latchkey --help.`;

const ENVIRONMENT = `
Environment:
  LATCHKEY_API_URL         where Latchkey is; http://127.0.0.1:3233 unless set
  LATCHKEY_TOKEN           an API token, used instead of your login (or DIGITALOCEAN_ACCESS_TOKEN)
  LATCHKEY_ACCESS_KEY      an access key as ID:SECRET, used instead of a connection: for pipelines
  LATCHKEY_CONFIG_DIR      where logins and connections are kept
  NO_COLOR                 if set, nothing is coloured`;

/** In characters; the same everywhere, so that help can be quoted. */
const HELP_WIDTH = 100;

/** What was said with the global options. */
export type GlobalOptions = {
  readonly output?: "text" | "json";
  readonly format?: string;
  readonly noHeader?: boolean;
  readonly quiet?: boolean;
  readonly apiUrl?: string;
};

/** What to do with a command line that has been understood. */
export type Invoke = (command: Command, given: RawGiven, globals: GlobalOptions) => Promise<void>;

/** Help that was asked for, or shown because a group was named without a command. */
export class HelpShown extends Error {
  readonly asked: boolean;

  constructor(asked: boolean) {
    super("help shown");
    this.asked = asked;
  }
}

/** Makes the parser for a tree of commands; the command it finds is given to `invoke`. */
export function createProgram(
  { about, version, tree, hidden }: { about: string; version: string; tree: Group; hidden: Group },
  world: Pick<World, "stdout" | "stderr">,
  invoke: Invoke,
): Parser {
  const program = new Parser("latchkey").description(about).enablePositionalOptions();
  program.configureOutput({
    writeOut: (text) => world.stdout.write(text),
    writeErr: (text) => world.stderr.write(text),
    // An error is told once, in our own words, by whoever catches it.
    outputError: () => undefined,
    getOutHelpWidth: () => HELP_WIDTH,
    getErrHelpWidth: () => HELP_WIDTH,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  program.addHelpText("after", ENVIRONMENT);
  addGlobalOptions(program, { hidden: false });
  program.version(version, "-V, --version", "print the version");
  addCommands(program, tree, invoke);
  for (const [name, entry] of Object.entries(hidden.commands)) addEntry(program, name, entry, invoke, { hidden: true });
  return program;
}

function addCommands(parent: Parser, group: Group, invoke: Invoke): void {
  for (const [name, entry] of Object.entries(group.commands)) addEntry(parent, name, entry, invoke, { hidden: false });
}

function addEntry(
  parent: Parser,
  name: string,
  entry: Command | Group,
  invoke: Invoke,
  { hidden }: { hidden: boolean },
): void {
  const parser = parent.command(name, { hidden }).summary(entry.summary).aliases(entry.aliases);
  if (entry.kind === "group") {
    parser.description(`${entry.summary}.`).addHelpText("after", `\n${ALSO_TAKES}`);
    addGlobalOptions(parser, { hidden: true });
    addCommands(parser, entry, invoke);
    return;
  }
  parser.description([`${entry.summary}.`, entry.about ?? ""].join("\n\n").trim());
  for (const [argument, spec] of Object.entries(entry.args)) addArgument(parser, argument, spec);
  const options = Object.entries(entry.options).map(([option, spec]) => addOption(parser, option, spec));
  addGlobalOptions(parser, { hidden: true });
  parser.addHelpText("after", `${formatExamples(entry.examples)}\n${ALSO_TAKES}`);
  parser.action(() => invoke(entry, readGiven(parser, entry, options), readGlobals(parser)));
}

/** Global options are understood before and after a command's name, and explained once: by `latchkey --help`. */
function addGlobalOptions(parser: Parser, { hidden }: { hidden: boolean }): void {
  for (const [name, spec] of Object.entries(GLOBAL_OPTIONS))
    addOption(parser, name, hidden ? { ...spec, hidden } : spec);
  parser
    .helpOption("-h, --help", parser.parent === null ? "explain a command" : "explain this command")
    .helpCommand(false)
    .configureHelp({
      commandUsage: (command) => `${pathOf(command)} ${command.usage()}`,
      subcommandTerm: (command) => [command.name(), ...command.aliases().slice(0, 1)].join(", "),
    })
    .exitOverride((error) => {
      throw translate(error, parser);
    });
}

/** What Commander throws, in our words. */
function translate(error: CommanderError, parser: Parser): Error {
  if (error.code === "commander.help") return new HelpShown(false);
  if (error.exitCode === 0) return new HelpShown(true);
  const message = error.message.replace(/^error: /, "").replace(/\n\(/, " (");
  return new UsageError(message, `See: ${pathOf(parser)} --help`);
}

const pathOf = (parser: Parser): string => (parser.parent === null ? "" : `${pathOf(parser.parent)} `) + parser.name();

function addArgument(parser: Parser, name: string, { kind, about, choices }: Argument): void {
  const term = { one: `<${dashed(name)}>`, maybe: `[${dashed(name)}]`, many: `[${dashed(name)}...]` }[kind];
  const argument = parser.createArgument(term, about);
  parser.addArgument(choices === undefined ? argument : argument.choices(choices));
}

function addOption(parser: Parser, name: string, spec: Option): readonly [name: string, option: ParserOption] {
  const long = `--${dashed(name)}${spec.kind === "flag" ? "" : ` <${spec.value}>`}`;
  const option = new ParserOption(spec.short === undefined ? long : `-${spec.short}, ${long}`, spec.about);
  option.hideHelp(spec.hidden === true);
  if (spec.kind === "needed") option.makeOptionMandatory();
  if (spec.kind === "count") option.argParser((value: string) => parseCount(value, spec.max));
  if ("choices" in spec && spec.choices !== undefined) option.choices(spec.choices);
  if (spec.kind === "texts") {
    // Choices are checked by a parser of their own, which knows of one value.
    const check = option.parseArg ?? ((value) => value);
    option.argParser((value: string, sofar: string[] = []) => [...sofar, check(value, value)]);
  }
  parser.addOption(option);
  return [name, option];
}

function parseCount(value: string, max = Number.MAX_SAFE_INTEGER): number {
  const count = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (count <= max) return count;
  throw new InvalidArgumentError(`It must be a whole number${max === Number.MAX_SAFE_INTEGER ? "" : ` up to ${max}`}.`);
}

function readOption(parser: Parser, spec: Option | undefined, option: ParserOption): unknown {
  // Commander keeps `--no-wait` as `wait: false`; here it is a flag like the others.
  const value: unknown = parser.getOptionValue(option.attributeName());
  if (option.negate) return value === false;
  if (spec?.kind === "flag") return value === true;
  return spec?.kind === "texts" ? (value ?? []) : value;
}

function readGiven(
  parser: Parser,
  { args, options: specs }: Command,
  options: (readonly [string, ParserOption])[],
): RawGiven {
  return {
    args: Object.fromEntries(Object.keys(args).map((name, index) => [name, parser.processedArgs[index]])),
    options: Object.fromEntries(options.map(([name, option]) => [name, readOption(parser, specs[name], option)])),
  };
}

/** What is said nearest to the command's own name counts. */
function readGlobals(parser: Parser): GlobalOptions {
  const outer = parser.parent === null ? {} : readGlobals(parser.parent);
  const said = Object.keys(GLOBAL_OPTIONS).flatMap((name) => {
    const option = parser.options.find((candidate) => candidate.long === `--${dashed(name)}`);
    if (option === undefined || parser.getOptionValueSource(option.attributeName()) !== "cli") return [];
    return [[name, option.negate || parser.getOptionValue(option.attributeName())]];
  });
  return { ...outer, ...Object.fromEntries(said) };
}

function formatExamples(examples: readonly Example[]): string {
  if (examples.length === 0) return "";
  const lines = examples.flatMap((example) =>
    typeof example === "string" ? [`  $ ${example}`] : [`  # ${example[1]}`, `  $ ${example[0]}`],
  );
  return ["", "Examples:", ...lines, ""].join("\n");
}
