import { counted } from "../../output/counted.ts";
import type { Talk } from "../../output/terminal.ts";
import type { Changed } from "./reach.ts";

/** What the table of touched keys does not say. */
export function tellEffects({ say }: Pick<Talk, "say">, { effects }: Changed): void {
  const { keys, people_above_most_keys: people } = effects;
  say(keys.length === 0 ? "No key is touched." : `Keys touched: ${keys.length}.`);
  for (const { owner, keys: count, most } of people)
    say(`${owner.name} has ${counted(count, "key")} and may have ${most}: they stay, and no more can be created.`);
}
