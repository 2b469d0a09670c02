import type { Talk } from "../../output/terminal.ts";

/** What to know about the secret in the table below (first two lines as doctl's, do-functions-api 7.4). */
export function tellSecret({ say }: Talk, key: { readonly name: string }): void {
  say(`Notice: The secret key for "${key.name}" is shown below.`);
  say("Please save this secret. You will not be able to see it again.");
  say("To connect with it: latchkey connect, which asks for ID:Secret.\n");
}
