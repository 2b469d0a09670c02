import { type Argument, type Command, type Completes, dashed, type Group, type Option } from "../command.ts";

/** One word that may stand next, and what it means. */
export type Suggestion = { readonly value: string; readonly about: string };

/** What may stand next: words, or what somebody else knows. */
export type Suggestions = { readonly kind: "words"; readonly words: readonly Suggestion[] } | { readonly kind: Source };
/** The shell knows files and folders; the user's configuration folder knows connections. */
type Source = Exclude<Completes, readonly string[]>;

type Options = Readonly<Record<string, Option>>;

/**
 * What may stand where the cursor is. `line` are the words behind the program's name up to the cursor; the last one is being written, and
 * may be empty.
 */
export function suggest(tree: Group, globals: Options, line: readonly string[]): Suggestions {
  const partial = line.at(-1) ?? "";
  const before = readLine(tree, globals, line.slice(0, -1));
  if (before === null) return only([]);
  const { node, position, awaiting, onlyArguments } = before;
  if (awaiting !== null) return valuesOf(awaiting, partial);
  if (partial.startsWith("-") && !onlyArguments) return only(optionWords(optionsOf(node, globals)), partial);
  if (node.kind === "group") return only(commandWords(node), partial);
  const args = Object.values(node.args);
  const last = args.at(-1);
  return valuesOf(args[position] ?? (last?.kind === "many" ? last : undefined), partial);
}

type Before = {
  /** The command that was named, or the group in which to look for the next name. */
  readonly node: Command | Group;
  /** How many arguments it has got. */
  readonly position: number;
  /** The option whose value comes next. */
  readonly awaiting: Option | null;
  /** Behind `--`. */
  readonly onlyArguments: boolean;
};

/** Reads what is complete; null if it names something that there is not. */
function readLine(tree: Group, globals: Options, words: readonly string[]): Before | null {
  let before: Before = { node: tree, position: 0, awaiting: null, onlyArguments: false };
  for (const word of words) {
    // Bash takes `--option=value` apart at the sign, and the value is still to come.
    if (word === "=") continue;
    if (before.awaiting !== null) before = { ...before, awaiting: null };
    else if (word === "--") before = { ...before, onlyArguments: true };
    else if (word.startsWith("-") && !before.onlyArguments) {
      before = { ...before, awaiting: takesValue(optionsOf(before.node, globals), word) };
    } else if (before.node.kind === "command") before = { ...before, position: before.position + 1 };
    else {
      const named = findEntry(before.node, word);
      if (named === undefined) return null;
      before = { ...before, node: named };
    }
  }
  return before;
}

const findEntry = ({ commands }: Group, word: string): Command | Group | undefined =>
  Object.entries(commands).find(([name, { aliases }]) => name === word || aliases.includes(word))?.[1];

const optionsOf = (node: Command | Group, globals: Options): Options => ({
  ...(node.kind === "command" ? node.options : {}),
  ...globals,
});

/** The option that a word is, if its value is the next word. */
function takesValue(options: Options, word: string): Option | null {
  const found = Object.entries(options).find(
    ([name, { short }]) => word === `--${dashed(name)}` || word === `-${short}`,
  );
  return found === undefined || found[1].kind === "flag" ? null : found[1];
}

const optionWords = (options: Options): Suggestion[] =>
  Object.entries(options).flatMap(([name, { about, hidden }]) =>
    hidden ? [] : [{ value: `--${dashed(name)}`, about }],
  );

const commandWords = ({ commands }: Group): Suggestion[] =>
  Object.entries(commands).map(([value, { summary }]) => ({ value, about: summary }));

function valuesOf(wanted: Argument | Option | undefined, partial: string): Suggestions {
  if (wanted === undefined) return only([]);
  const choices = "choices" in wanted ? wanted.choices : undefined;
  const completes = choices ?? ("completes" in wanted ? wanted.completes : undefined) ?? [];
  if (typeof completes === "string") return { kind: completes };
  return only(
    completes.map((value) => ({ value, about: "" })),
    partial,
  );
}

const only = (words: readonly Suggestion[], partial = ""): Suggestions => ({
  kind: "words",
  words: words.filter(({ value }) => value.startsWith(partial)),
});
