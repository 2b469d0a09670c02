import { type Command, defineCommand, type Group } from "../../command.ts";
import { suggest } from "../../completion/suggest.ts";
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
      if (suggestions.kind === "words") return suggestions.words.map(({ value, about }) => `${value}\t${about}`);
      return suggestions.kind === "connections" ? nameConnections(connections) : [`:${suggestions.kind}`];
    },
    show: { text: (lines) => lines.join("\n") },
  });

/** By label where there is one, else by id. */
async function nameConnections(connections: ConnectionStore): Promise<string[]> {
  const kept = await connections.list();
  return kept.map(({ namespace, label, apiHost }) => plainLine(`${label ?? namespace}\t${namespace} on ${apiHost}`));
}
