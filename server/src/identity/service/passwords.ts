import type { Audit, Origin } from "../../audit/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import { createFailedAttempts } from "../../kernel/failed-attempts.ts";
import type { Secret } from "../../kernel/secret.ts";
import { appendChange } from "../../store/changes.ts";
import type { Tx } from "../../store/transaction.ts";
import { identityErrors } from "../errors.ts";
import { actorOf, type SessionId, type UserId } from "../model.ts";
import {
  type Account,
  deleteReset,
  findAccount,
  findAccountByEmail,
  findReset,
  findResetByHash,
  type PasswordReset,
  putReset,
  updatePassword,
} from "../queries/passwords.ts";
import { deleteOtherSessions } from "../queries/sessions.ts";
import { hashedParts, linkFor, newSecret, parseSecret } from "../secrets.ts";
import type { AttemptLimits, Gate } from "./gate.ts";
import { type Cause, type Ground, recordInTeams, requireStanding } from "./ground.ts";
import type { Uses } from "./uses.ts";

const LINK_LIFETIME_MS = 60 * 60_000;
/** Nobody gets mail more often, and no link is replaced sooner, however often somebody asks. */
const LINK_AT_MOST_EVERY_MS = 15 * 60_000;

type Actor = Parameters<Audit["record"]>[1]["actor"];
const system = (name: string): Actor => ({ id: null, kind: "system", name, credential: null });

export type PasswordLink = { readonly link: Secret; readonly email: string; readonly expiresAt: EpochMs };

/** Setting, changing and replacing passwords. What concerns a person is told in each of their teams. */
export function createPasswords(ground: Ground, deps: { gate: Gate; uses: Uses; limits: AttemptLimits }) {
  const { store, clock, random, hasher, notifications } = ground;
  const { gate, uses } = deps;
  const requests = createFailedAttempts({ clock, ...deps.limits });
  const underWay = new Set<Promise<void>>();

  /** Whoever knew the old password may be signed in with it; `except` is the session that asks. */
  const endSessions = async (tx: Tx, userId: UserId, except: SessionId | null): Promise<SessionId[]> => {
    const ended = await deleteOtherSessions(tx, userId, except);
    for (const { id } of ended) await appendChange(tx, { kind: "session", targetId: id, at: clock.now() });
    return ended.map(({ id }) => id);
  };

  const replace = async (tx: Tx, account: Account, password: string, except: SessionId | null) => {
    await updatePassword(tx, account.id, password, clock.now());
    await deleteReset(tx, account.id);
    return endSessions(tx, account.id, except);
  };

  const makeLink = async (
    tx: Tx,
    account: Account,
    madeBy: PasswordReset["madeBy"],
    origin: Origin | null,
  ): Promise<PasswordLink> => {
    const secret = newSecret("password_reset", random);
    const createdAt = clock.now();
    const expiresAt = createdAt + LINK_LIFETIME_MS;
    await putReset(
      tx,
      { userId: account.id, madeBy, createdAt, expiresAt },
      hasher.hash(hashedParts("password_reset", secret)),
    );
    await recordInTeams(ground, tx, account.id, {
      actor: system(madeBy === "operator" ? "operator" : "password reset"),
      verb: "password.link",
      origin,
      details: { expires_at: expiresAt },
    });
    return { link: linkFor(ground.publicUrl(), "password-resets", secret), email: account.email, expiresAt };
  };

  /** Whether whoever only knows somebody's address would take a link from them that they may be about to use. */
  const isInUse = ({ madeBy, createdAt, expiresAt }: PasswordReset): boolean =>
    clock.now() < (madeBy === "operator" ? expiresAt : createdAt + LINK_AT_MOST_EVERY_MS);

  const mailLink = (email: string, origin: Origin): Promise<void> =>
    store.transaction(async (tx) => {
      const account = await findAccountByEmail(tx, email);
      if (account === undefined) return;
      const last = await findReset(tx, account.id);
      if (last !== undefined && isInUse(last)) return;
      const { link, expiresAt } = await makeLink(tx, account, "request", origin);
      await notifications.enqueue(tx, { kind: "password_reset", to: account.email, teamId: null, link, expiresAt });
    });

  return {
    /** Sets the caller's first password, or changes it, and ends their other sessions. Throws `identity.wrong_password`. */
    async change(cause: Cause, passwords: { current: string | null; next: string }): Promise<void> {
      const { caller, origin } = cause;
      const account = await findAccount(store.db, caller.user.id);
      if (account === undefined) throw identityErrors.no_password_for_machines();
      if (account.password !== null) await gate.requireOwnPassword(origin, account, passwords.current ?? "");
      const password = await gate.hash(origin, passwords.next);
      const except = caller.credentialKind === "session" ? (caller.credentialId as SessionId) : null;
      const ended = await store.transaction(async (tx) => {
        await requireStanding(tx, caller, "account.manage");
        const present = await findAccount(tx, account.id);
        // Changed while the current one was being checked: what was right is not any more.
        if (present?.password !== account.password) throw identityErrors.wrong_password();
        const sessions = await replace(tx, account, password, except);
        const details = { sessions };
        await recordInTeams(ground, tx, account.id, {
          actor: actorOf(caller),
          verb: "password.change",
          origin,
          details,
        });
        return sessions;
      });
      uses.forget(ended);
    },

    /**
     * Sends a link to whoever has this address here. Answers at once and says nothing, so that neither the answer nor its time
     * tells whether there is such a person; `settled` waits for what is under way. Throws `identity.too_many_attempts`.
     */
    requestLink(email: string, origin: Origin, failed: (error: unknown) => void): void {
      const { tooMany } = requests.note({ address: origin.address, subject: email, isKnown: false, reason: "" });
      if (tooMany) throw identityErrors.too_many_attempts({ headers: { "retry-after": "60" } });
      if (!notifications.canMail) return;
      const work = mailLink(email, origin)
        .catch(failed)
        .finally(() => underWay.delete(work));
      underWay.add(work);
    },

    async settled(): Promise<void> {
      await Promise.all(underWay);
    },

    /** A link for somebody who cannot be reached by e-mail, for the operator to pass on. Throws `identity.person_not_found`. */
    linkForOperator: (email: string): Promise<PasswordLink> =>
      store.transaction(async (tx) => {
        const account = await findAccountByEmail(tx, email.trim().toLowerCase());
        if (account === undefined) throw identityErrors.person_not_found();
        return makeLink(tx, account, "operator", null);
      }),

    /** Sets a new password with the secret of a link, and ends all sessions of the person. Throws `identity.link_not_found`. */
    async redeem(input: { secret: string; password: string }, origin: Origin): Promise<void> {
      const secret = parseSecret("password_reset", input.secret);
      const hash = secret && hasher.hash(hashedParts("password_reset", secret)).hash;
      const living = async (db: typeof store.db | Tx) => {
        const reset = hash && (await findResetByHash(db, hash));
        return reset !== undefined && clock.now() < reset.expiresAt ? reset : undefined;
      };
      const refused = () =>
        gate.refuse(origin, { email: null, isKnown: false, reason: "" }, identityErrors.link_not_found());
      if ((await living(store.db)) === undefined) throw refused();
      const password = await gate.hash(origin, input.password);
      const ended = await store.transaction(async (tx) => {
        const reset = await living(tx);
        const account = reset && (await findAccount(tx, reset.userId));
        if (account === undefined) throw refused();
        const sessions = await replace(tx, account, password, null);
        const actor = { id: account.id, kind: "person", name: account.name, credential: null } as const;
        await recordInTeams(ground, tx, account.id, { actor, verb: "password.reset", origin, details: { sessions } });
        return sessions;
      });
      uses.forget(ended);
    },
  };
}
