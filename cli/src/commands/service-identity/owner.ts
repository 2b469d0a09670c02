import type { AnswerableOwner } from "@latchkey/contract/shapes";

type Responsible = Extract<AnswerableOwner, { kind: "service" }>["responsible"];

/** Whom to ask about a service identity. */
export const tellResponsible = ({ name, is_member: isMember }: Responsible): string =>
  isMember ? name : `${name} (has left the team)`;

/** Whose something is; of a service identity, with whom to ask. */
export const tellOwner = (owner: AnswerableOwner): string =>
  owner.kind === "person" ? owner.name : `${owner.name}, responsible: ${tellResponsible(owner.responsible)}`;
