import type { Audit, Origin } from "../../audit/index.ts";
import type { LatchkeyError } from "../../kernel/errors.ts";
import { createFailedAttempts, type FailureSummary } from "../../kernel/failed-attempts.ts";
import { TOO_BUSY } from "../../kernel/fair-queue.ts";
import type { Which } from "../../kernel/paced.ts";
import { createPasswordHasher, type PasswordHasher } from "../../kernel/password-hash.ts";
import type { Tx } from "../../store/transaction.ts";
import { identityErrors } from "../errors.ts";
import { type Account, findAccountByEmail } from "../queries/passwords.ts";
import { listTeamsOf } from "../queries/people.ts";
import type { Ground } from "./ground.ts";

/** Failed attempts a minute after which an address, or a person, is told to wait. */
export type AttemptLimits = { readonly perAddress: number; readonly perSubject: number };

/**
 * What stands before everything that asks for a password or for the secret of a link. A right one always gets through, however many
 * wrong ones there were (docs/adr/0005); what guessing costs an attacker is the time of a password hash, of which few run at once.
 */
export function createGate(ground: Ground, limits: AttemptLimits) {
  const { store, clock, audit } = ground;
  const failures = createFailedAttempts({ clock, ...limits });
  const hasher: PasswordHasher = createPasswordHasher(ground);

  /** What to answer somebody who failed. */
  const refuse = (
    origin: Origin,
    who: { email: string | null; isKnown: boolean; reason: string },
    error: LatchkeyError,
  ): LatchkeyError => {
    const { email: subject, isKnown, reason } = who;
    return failures.note({ address: origin.address, subject, isKnown, reason }).tooMany
      ? identityErrors.too_many_attempts({ headers: { "retry-after": "60" } })
      : error;
  };

  const orBusy = <T>(answer: T | typeof TOO_BUSY): T => {
    if (answer === TOO_BUSY) throw identityErrors.busy({ headers: { "retry-after": "5" } });
    return answer;
  };

  const isPassword = async (origin: Origin, account: Account | undefined, password: string): Promise<boolean> =>
    orBusy(await hasher.verify(origin.address, account?.password ?? null, password));

  return {
    refuse,

    hash: async (origin: Origin, password: string): Promise<string> =>
      orBusy(await hasher.hash(origin.address, password)),

    /**
     * The account, if this is its password. Somebody unknown, somebody without a password and a wrong password are one answer and
     * take the same time. Throws `identity.sign_in_refused`, `identity.too_many_attempts`, `identity.busy`.
     */
    async requirePassword(
      origin: Origin,
      email: string,
      account: Account | undefined,
      password: string,
    ): Promise<Account> {
      if ((await isPassword(origin, account, password)) && account !== undefined) return account;
      const reason = account?.password === null ? "no password set" : "wrong password";
      throw refuse(origin, { email, isKnown: account !== undefined, reason }, identityErrors.sign_in_refused());
    },

    /**
     * Asks a caller for their own password once more. Throws `identity.wrong_password`, `identity.too_many_attempts`,
     * `identity.busy`.
     */
    async requireOwnPassword(origin: Origin, account: Account, password: string): Promise<void> {
      if (await isPassword(origin, account, password)) return;
      // Nothing to record here: what callers are refused is, and with it who they are.
      throw refuse(origin, { email: account.email, isKnown: false, reason: "" }, identityErrors.wrong_password());
    },

    /** One audit entry per person and interval for those who failed to be them, in each of that person's teams. */
    async recordFailures(which: Which): Promise<void> {
      const summaries = failures.takeSummaries(which);
      if (summaries.length === 0) return;
      try {
        await store.transaction(async (tx) => {
          for (const summary of summaries) await recordFailure(audit, tx, summary);
        });
      } catch (error) {
        failures.giveBack(summaries);
        throw error;
      }
    },
  };
}

async function recordFailure(audit: Audit, tx: Tx, { subject, ...details }: FailureSummary): Promise<void> {
  const account = await findAccountByEmail(tx, subject);
  if (account === undefined) return;
  const actor = { id: null, kind: "system", name: "authentication", credential: null } as const;
  const target = { kind: "member", id: account.id };
  for (const { id: teamId } of await listTeamsOf(tx, account.id))
    await audit.record(tx, {
      teamId,
      actor,
      verb: "session.create",
      target,
      origin: null,
      outcome: "refused",
      details,
    });
}

export type Gate = ReturnType<typeof createGate>;
