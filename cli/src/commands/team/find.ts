import { listInvitations } from "@latchkey/contract/invitations";
import { listMembers, type MemberShape } from "@latchkey/contract/members";
import type { ControlPlane } from "../../api.ts";
import { CliError } from "../../failure.ts";

/**
 * The member of this id, address or name; two of one name are nobody.
 * @throws CliError if there is none
 */
export async function findMember(client: ControlPlane, given: string): Promise<MemberShape> {
  const { members } = (await client.call(listMembers)).body;
  const wanted = given.trim().toLowerCase();
  const named = members.filter(({ name }) => name.toLowerCase() === wanted);
  const found =
    members.find(({ id, email }) => id === given || email === wanted) ?? (named.length === 1 ? named[0] : undefined);
  if (found !== undefined) return found;
  const problem = named.length > 1 ? `Several members are called '${given}'` : `There is no member '${given}'`;
  throw new CliError(problem, ["Say the address or id; see who there is: latchkey team members"]);
}

/**
 * The id of the invitation of this id, or to this address.
 * @throws CliError if there is none
 */
export async function findInvitationId(client: ControlPlane, given: string): Promise<string> {
  const { invitations } = (await client.call(listInvitations)).body;
  const found = invitations.find(({ id, email }) => id === given || email === given.trim().toLowerCase());
  if (found !== undefined) return found.id;
  throw new CliError(`There is no invitation of '${given}'`, ["See which there are: latchkey team invitations"]);
}
