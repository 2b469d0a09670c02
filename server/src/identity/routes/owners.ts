import type { AnswerableOwner } from "@latchkey/contract/shapes";
import type { Responsible, User } from "../model.ts";
import type { Identity } from "../service/identity.ts";

/** Who answers for a service identity, in the contract's words. */
export const responsibleShape = ({ id, name, isMember }: Responsible) => ({ id, name, is_member: isMember });

/** Says whose something is: who they are, and of service identities who answers for them. Asks once for all of them. */
export async function showOwners(
  { serviceIdentities }: Pick<Identity, "serviceIdentities">,
  users: readonly User[],
): Promise<(user: User) => AnswerableOwner> {
  const answering = await serviceIdentities.responsibleFor(users);
  return ({ id, name, kind }) => {
    if (kind === "person") return { id, name, kind };
    const responsible = answering.get(id);
    // None is made without, and people are never deleted.
    if (responsible === undefined) throw new Error(`nobody answers for the service identity ${id}`);
    return { id, name, kind, responsible: responsibleShape(responsible) };
  };
}
