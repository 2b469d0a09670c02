import type { Talk } from "../../output/terminal.ts";

/** What to know about the link in the table below. */
export function tellLink(
  { say }: Talk,
  { email, link }: { readonly email: string; readonly link: string | null },
): void {
  if (link === null) say(`The link has been sent to ${email}.\n`);
  else say(`Pass this link on to ${email}, and to nobody else: whoever has it can accept in their place.\n`);
}
