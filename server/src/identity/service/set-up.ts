import type { Secret } from "../../kernel/secret.ts";
import { appendChange } from "../../store/changes.ts";
import type { Tx } from "../../store/transaction.ts";
import { identityErrors } from "../errors.ts";
import { type ApiTokenId, type Person, SCOPES, type TeamId, type UserId } from "../model.ts";
import { insertMembership } from "../queries/members.ts";
import { findAccountByEmail } from "../queries/passwords.ts";
import { hasTeam, insertPerson, insertTeam } from "../queries/people.ts";
import { insertApiToken } from "../queries/tokens.ts";
import { hashedParts, newSecret } from "../secrets.ts";
import type { Ground } from "./ground.ts";

/** `name` is for an owner who is new here. */
export type NewTeam = { readonly teamName: string; readonly email: string; readonly name: string };

/** A team that the operator has just made, with its owner. */
export type FirstTeam = {
  readonly team: { readonly id: TeamId; readonly name: string };
  readonly user: { readonly id: UserId; readonly name: string; readonly email: string };
  /** Shown once; only its hash is stored. */
  readonly token: Secret;
};

/** How teams come to be: by whoever operates the server, since nobody on it owns more than their own. */
export function createSetUp({ store, clock, random, hasher, audit }: Ground) {
  const requireOwner = async (tx: Tx, { email, name }: NewTeam): Promise<Person> => {
    const address = email.trim().toLowerCase();
    const known = await findAccountByEmail(tx, address);
    if (known !== undefined) return { id: known.id, name: known.name, email: known.email };
    const person = { id: random.uuid() as UserId, name, email: address };
    await insertPerson(tx, { ...person, at: clock.now(), password: null });
    return person;
  };

  /** A team, its owner, and a token of theirs with every scope. */
  const make = async (tx: Tx, input: NewTeam): Promise<FirstTeam> => {
    const at = clock.now();
    const team = { id: random.uuid() as TeamId, name: input.teamName };
    const user = await requireOwner(tx, input);
    const tokenId = random.uuid() as ApiTokenId;
    const token = newSecret("token", random);
    await insertTeam(tx, { ...team, at });
    await insertMembership(tx, { teamId: team.id, userId: user.id, role: "owner", at });
    await appendChange(tx, { kind: "membership", targetId: user.id, at });
    await insertApiToken(tx, {
      id: tokenId,
      teamId: team.id,
      userId: user.id,
      name: "first token",
      secret: hasher.hash(hashedParts("token", token)),
      scopes: SCOPES,
      expiresAt: null,
      at,
    });
    const actor = { id: null, kind: "system", name: "set-up", credential: null } as const;
    const details = { team: team.name, owner: user.id, token: tokenId };
    const target = { kind: "team", id: team.id };
    await audit.record(tx, { teamId: team.id, actor, verb: "team.create", target, origin: null, details });
    return { team, user, token };
  };

  return {
    /** Sets an empty store up. Throws `identity.already_set_up`. */
    createFirstTeam: (input: NewTeam): Promise<FirstTeam> =>
      store.transaction(async (tx) => {
        if (await hasTeam(tx)) throw identityErrors.already_set_up();
        return make(tx, input);
      }),

    /** One more team, whose owner may be somebody of another one. */
    createAnotherTeam: (input: NewTeam): Promise<FirstTeam> => store.transaction((tx) => make(tx, input)),
  };
}
