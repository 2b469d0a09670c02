import type { Context } from "./context.ts";
import { prepareView, type TextStyle, type View } from "./output/view.ts";

/** What a shell may offer for a value: names of folders or files, connections kept on this machine, or these words. */
export type Completes = "folders" | "files" | "connections" | readonly string[];

/** A positional argument: one that must be there, one that may, or any number of them. */
export type Argument = {
  readonly kind: "one" | "maybe" | "many";
  readonly about: string;
  readonly completes?: Completes;
  /** Nothing else is accepted. */
  readonly choices?: readonly string[];
};

type Describing = {
  readonly about: string;
  readonly short?: string;
  /** Accepted because doctl has it; help does not mention it. */
  readonly hidden?: true;
};

/** An option; its name in the definition, written with dashes, is its name on the command line. */
export type Option =
  | (Describing & { readonly kind: "flag" })
  | (Describing & {
      readonly kind: "text" | "texts" | "needed";
      readonly value: string;
      readonly completes?: Completes;
      /** Nothing else is accepted. */
      readonly choices?: readonly string[];
    })
  | (Describing & { readonly kind: "count"; readonly value: string; readonly max?: number });

/** What `run` reads of an argument. */
type ArgumentValue<A extends Argument> = A["kind"] extends "one"
  ? string
  : A["kind"] extends "maybe"
    ? string | undefined
    : readonly string[];

/** What `run` reads of an option. */
type OptionValue<O extends Option> = O["kind"] extends "flag"
  ? boolean
  : O["kind"] extends "texts"
    ? readonly string[]
    : O["kind"] extends "needed"
      ? string
      : O["kind"] extends "count"
        ? number | undefined
        : string | undefined;

type Arguments = { readonly [name: string]: Argument };
type Options = { readonly [name: string]: Option };

/** What was said on the command line. */
export type Given<A extends Arguments, O extends Options> = {
  readonly args: { readonly [Name in keyof A]: ArgumentValue<A[Name]> };
  readonly options: { readonly [Name in keyof O]: OptionValue<O[Name]> };
};

/** An example in a command's help: a line to type, and why, if the line does not say it. */
export type Example = string | readonly [line: string, why: string];

/** A command as data: parsing, help, completion and output all come from it. */
export type CommandDefinition<A extends Arguments, O extends Options, Data, Row> = {
  readonly summary: string;
  /** More than the summary says, where there is more to know. */
  readonly about?: string;
  /** Other names for it, such as doctl's. */
  readonly aliases?: readonly string[];
  readonly examples: readonly Example[];
  readonly args?: A;
  readonly options?: O;
  /** Does it, and gives what `--output json` prints: the API's own answer. */
  readonly run: (context: Context, given: Given<A, O>) => Promise<Data>;
  /** How the data looks as text. Decided before `run`, so that a wrong `--format` stops it in time. */
  readonly show: View<Data, Row> | ((given: Given<A, O>) => View<Data, Row>);
};

/** What the parser found, by the definition's names. */
export type RawGiven = {
  readonly args: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
};

/** What a run left: data for programs, and the same as text for people. */
export type Outcome = { readonly data: unknown; readonly text: () => string };

/** A command for the parser, the help and the completion, which need not know what its data is. */
export type Command = {
  readonly kind: "command";
  readonly summary: string;
  readonly about: string | undefined;
  readonly aliases: readonly string[];
  readonly examples: readonly Example[];
  readonly args: Arguments;
  readonly options: Options;
  /** Gets everything ready that may be wrong with the command line, so that a run starts only if nothing is. */
  readonly prepare: (given: RawGiven, style: TextStyle) => (context: Context) => Promise<Outcome>;
};

/** Commands about one thing, under its name. */
export type Group = {
  readonly kind: "group";
  readonly summary: string;
  readonly aliases: readonly string[];
  readonly commands: { readonly [name: string]: Command | Group };
};

/** Declares a command; its name is the registry's affair. */
export function defineCommand<const A extends Arguments, const O extends Options, Data, Row>(
  definition: CommandDefinition<A, O, Data, Row>,
): Command {
  const { summary, about, aliases = [], examples, args = {}, options = {}, run, show } = definition;
  return {
    kind: "command",
    summary,
    about,
    aliases,
    examples,
    args,
    options,
    prepare: (raw, style) => {
      // The parser was built from this very definition: what it found has the types the definition says.
      const given = raw as Given<A, O>;
      const write = prepareView(typeof show === "function" ? show(given) : show, style);
      return async (context) => {
        const data = await run(context, given);
        return { data, text: () => write(data) };
      };
    },
  };
}

/** The name of an option or argument on the command line: `allow-network` for `allowNetwork`. */
export const dashed = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Declares a group. */
export const defineGroup = (group: Omit<Group, "kind">): Group => ({ kind: "group", ...group });
