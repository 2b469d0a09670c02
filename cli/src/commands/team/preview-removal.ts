import { previewRemoval } from "@latchkey/contract/removal-preview";
import type { RouteAnswer } from "@latchkey/contract/route";
import type { ControlPlane } from "../../api.ts";
import { counted } from "../../output/counted.ts";
import type { Talk } from "../../output/terminal.ts";

export type RemovalPreview = RouteAnswer<typeof previewRemoval>["body"];

/** Asks what would end with a member, and says what the table of keys does not. */
export async function lookBeforeRemoving(
  { say }: Pick<Talk, "say">,
  controlPlane: ControlPlane,
  memberId: string,
): Promise<RemovalPreview> {
  const { body } = await controlPlane.call(previewRemoval, { params: { member_id: memberId } });
  const { member, access_key_count: keys, access_keys, api_tokens, session_count, service_identities } = body;
  say(
    `With ${member.name} <${member.email}> would end: ${counted(keys, "access key")}, ${counted(api_tokens.length, "API token")}, ${counted(session_count, "session")}.`,
  );
  if (access_keys.length < keys) say(`Shown: the newest ${counted(access_keys.length, "key")}.`);
  tellOfTriggers(say, body);
  for (const { name } of service_identities)
    say(`${member.name} answers for the service identity ${name}: it lives on, and somebody else has to be named.`);
  tellKnownSecrets(say, body);
  if (body.is_last_owner) say(`${member.name} is the last owner, so the removal would be refused.`);
  return body;
}

/** What runs by itself, in their name; what is off already, nobody would miss. */
function tellOfTriggers(say: Talk["say"], { member, triggers }: RemovalPreview): void {
  for (const { name, function: path, namespace_id, next_run_at } of triggers) {
    if (next_run_at === null) continue;
    say(
      `The scheduled trigger ${name}, which has ${path} invoked, runs in ${member.name}'s name and would stop. To have it run in yours: latchkey triggers enable ${name} --namespace ${namespace_id}`,
    );
  }
}

/** What goes on without them although they may know its secret. */
function tellKnownSecrets(say: Talk["say"], { member: { name }, known_secrets: known }: RemovalPreview): void {
  for (const key of known.access_keys)
    say(
      `${name} may still know the secret of ${key.owner.name}'s access key ${key.name}: latchkey key rotate ${key.id}`,
    );
  for (const token of known.api_tokens)
    say(
      `${name} may still know ${token.owner.name}'s API token ${token.name}: make another one, then latchkey token delete ${token.id}`,
    );
  if (known.webhook_address) say(`The webhook goes to an address that ${name} chose.`);
  if (known.webhook_secret) say(`${name} may still know the webhook's secret: latchkey webhook set URL --new-secret`);
}
