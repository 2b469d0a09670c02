import { appendChange } from "../../store/changes.ts";
import type { Tx } from "../../store/transaction.ts";
import { identityErrors } from "../errors.ts";
import { actorOf, type TeamPrincipal } from "../model.ts";
import { type Account, deleteReset, findAccount, findAccountByEmail } from "../queries/passwords.ts";
import { findTeam, type Team, updatePerson } from "../queries/people.ts";
import type { Gate } from "./gate.ts";
import { type Cause, type Ground, recordInTeams, requireStanding } from "./ground.ts";

/** Who somebody is, as they see it themselves. */
export type OwnAccount = {
  readonly name: string;
  /** Null for a service identity. */
  readonly email: string | null;
  readonly hasPassword: boolean;
  readonly team: Team;
};

/** Null leaves a thing as it is. `password` is the present one, where an address is given and there is one. */
export type AccountChange = {
  readonly name: string | null;
  readonly email: string | null;
  readonly password: string | null;
};

/** What people say of themselves. It is theirs in every team, so each is told. */
export function createAccounts(ground: Ground, gate: Gate) {
  const { store, clock, notifications } = ground;

  /** Whoever reads the mail of an address that was given up has no further part in the account. */
  const giveUpAddress = async (tx: Tx, { id, email: to }: Account): Promise<void> => {
    await deleteReset(tx, id);
    await notifications.enqueue(tx, { kind: "address_changed", to, teamId: null, changedAt: clock.now() });
  };

  return {
    async get(caller: TeamPrincipal): Promise<OwnAccount> {
      const account = await findAccount(store.db, caller.user.id);
      return {
        name: account?.name ?? caller.user.name,
        email: account?.email ?? null,
        hasPassword: (account?.password ?? null) !== null,
        team: await findTeam(store.db, caller.teamId),
      };
    },

    /**
     * Changes the caller's name or address. An address asks for the password, since whoever has it gets links to new ones; whether
     * another is taken is said after that, and so often only. Throws `identity.wrong_password`, `identity.email_taken`.
     */
    async update(cause: Cause, change: AccountChange): Promise<void> {
      const { caller, origin } = cause;
      const account = await findAccount(store.db, caller.user.id);
      if (account === undefined) throw identityErrors.no_account_for_machines();
      if (change.email !== null && account.password !== null)
        await gate.requireOwnPassword(origin, account, change.password ?? "");
      await store.transaction(async (tx) => {
        await requireStanding(tx, caller, "account.manage");
        const before = await findAccount(tx, account.id);
        // Changed while it was being checked: what was right is not any more.
        if (before === undefined || (change.email !== null && before.password !== account.password))
          throw identityErrors.wrong_password();
        const after = { id: before.id, name: change.name ?? before.name, email: change.email ?? before.email };
        if (after.email !== before.email) {
          if ((await findAccountByEmail(tx, after.email)) !== undefined)
            throw gate.refuse(origin, { email: null, isKnown: false, reason: "" }, identityErrors.email_taken());
          await giveUpAddress(tx, before);
        }
        await updatePerson(tx, after);
        // The name stands in what is remembered of their keys.
        await appendChange(tx, { kind: "membership", targetId: after.id, at: clock.now() });
        const details = {
          name: after.name,
          email: after.email,
          previous: { name: before.name, email: before.email },
        };
        await recordInTeams(ground, tx, after.id, { actor: actorOf(caller), verb: "account.update", origin, details });
      });
    },
  };
}
