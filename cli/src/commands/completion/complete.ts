import { type Command, defineCommand, type Group } from "../../command.ts";
import { type Suggestion, suggest } from "../../completion/suggest.ts";
import type { ConnectionStore } from "../../connections/store.ts";
import { plainLine } from "../../output/plain-text.ts";
import { GLOBAL_OPTIONS } from "../../program.ts";

/** What completion scripts call: prints what may stand next. It knows the commands from outside because it is one of them. */
export const createComplete = (tree: Group): Command =>
  defineCommand({
    summary: "Say what may stand next on a command line",
    examples: [],
    args: { words: { kind: "many", about: "the words up to the cursor, of which the last may be incomplete" } },
    async run({ connections }, { args: { words } }) {
      const suggestions = suggest(tree, GLOBAL_OPTIONS, words);
      switch (suggestions.kind) {
        case "words":
          return asLines(suggestions.words);
        case "connections":
          return asLines(await nameConnections(connections, words.at(-1) ?? ""));
        case "files":
        case "folders":
          return [`:${suggestions.kind}`];
      }
    },
    show: { text: (lines) => lines.join("\n") },
  });

/** What the scripts read: a word, a tab, and what it means. */
const asLines = (words: readonly Suggestion[]): string[] =>
  words.map(({ value, about }) => `${plainLine(value)}\t${plainLine(about)}`);

/** By label where there is one, else by id. */
async function nameConnections(connections: ConnectionStore, partial: string): Promise<Suggestion[]> {
  const kept = await connections.list();
  return kept
    .map(({ namespace, label, apiHost }) => ({ value: label ?? namespace, about: `${namespace} on ${apiHost}` }))
    .filter(({ value }) => value.startsWith(partial));
}
