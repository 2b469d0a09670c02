import { text } from "node:stream/consumers";
import { openControlPlane, openDataPlane } from "./api.ts";
import type { Command, RawGiven } from "./command.ts";
import { COMMANDS, HIDDEN_COMMANDS } from "./commands.ts";
import { parseConfig } from "./config.ts";
import { createConnectionStore } from "./connections/store.ts";
import type { Context } from "./context.ts";
import { explain } from "./explain.ts";
import { type CliError, EXIT, type ExitCode } from "./failure.ts";
import { createLoginStore } from "./logins/store.ts";
import { plainJson } from "./output/plain-text.ts";
import { pour } from "./output/pour.ts";
import { createTalk, type Talk } from "./output/terminal.ts";
import { createProgram, type GlobalOptions, HelpShown } from "./program.ts";
import { terminalPrompts } from "./prompts.ts";
import { VERSION } from "./version.ts";
import type { World } from "./world.ts";

const ABOUT = `Serverless functions in which every caller is somebody.

The words are those of \`doctl serverless\`, and \`latchkey serverless …\` is accepted too.`;

/** Runs one command line; the result is the process's exit code. Never rejects. */
export async function main(world: World): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const program = createProgram(
    { about: ABOUT, version: VERSION, tree: COMMANDS, hidden: HIDDEN_COMMANDS },
    world,
    async (command, given, globals) => {
      exitCode = await runCommand(world, command, given, globals);
    },
  );
  try {
    await program.parseAsync(world.arguments, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof HelpShown) return error.asked ? EXIT.done : EXIT.misused;
    const { message, next, exitCode: code } = explain(error);
    talkTo(world, {}).complain(message, next);
    return code;
  }
}

async function runCommand(world: World, command: Command, given: RawGiven, globals: GlobalOptions): Promise<ExitCode> {
  const asJson = globals.output === "json";
  const talk = talkTo(world, globals);
  const ending: { problem?: CliError; wait?: Promise<void>; poured?: boolean } = {};
  let printed = false;
  const print = (data: unknown, text: string) => {
    world.stdout.write(asJson ? `${plainJson(data)}\n` : text);
    printed = true;
  };
  try {
    const run = command.prepare(given, { format: globals.format, header: globals.noHeader !== true });
    const { data, text } = await run({
      ...createContext(world, talk, globals),
      emit: print,
      failAfterwards: (error) => {
        ending.problem = error;
      },
      pour: async (pieces) => {
        printed = true;
        ending.poured = true;
        await pour(pieces, world.stdout);
      },
      stayUntil: (done) => {
        ending.wait = done;
      },
    });
    // An answer without a body is an empty object to whoever asked for JSON.
    if (!ending.poured) print(data ?? {}, text());
    if (ending.problem !== undefined) throw ending.problem;
    await ending.wait;
    return EXIT.done;
  } catch (error) {
    const { message, next, exitCode } = explain(error);
    talk.complain(message, next);
    // Whoever asked for JSON gets JSON, in the shape of doctl's (do-functions-api 2.4).
    if (asJson && !printed) print({ errors: [{ detail: message }] }, "");
    return exitCode;
  }
}

function talkTo({ stderr, environment }: World, { quiet = false, output }: GlobalOptions): Talk {
  // https://no-color.org: set and not empty, whatever its value.
  const colours = stderr.isTTY === true && (environment["NO_COLOR"] ?? "") === "" && environment["TERM"] !== "dumb";
  // Whoever asked for JSON is a program.
  return createTalk(stderr, { quiet: quiet || output === "json", colours });
}

function createContext(
  world: World,
  talk: Talk,
  { apiUrl }: GlobalOptions,
): Omit<Context, "emit" | "pour" | "failAfterwards" | "stayUntil"> {
  const config = parseConfig(world.environment, { apiUrl });
  const connections = createConnectionStore(config.folder, talk.warn);
  const logins = createLoginStore(config.folder);
  return {
    ...talk,
    config,
    connections,
    logins,
    prompts: world.stdin.isTTY === true && world.stderr.isTTY === true ? terminalPrompts : null,
    onTerminal: world.stdout.isTTY === true && world.stderr.isTTY === true,
    readStdin: () => text(world.stdin),
    controlPlane: () => openControlPlane(config, logins),
    dataPlane: () => openDataPlane(config, connections),
    loadOperator: world.loadOperator,
  };
}
