import type { Origin } from "../../audit/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import type { Secret } from "../../kernel/secret.ts";
import { wholeSecond } from "../../kernel/timestamp.ts";
import { appendChange } from "../../store/changes.ts";
import type { Tx } from "../../store/transaction.ts";
import { identityErrors } from "../errors.ts";
import type { SessionId, TeamPrincipal } from "../model.ts";
import { type Account, findAccountByEmail } from "../queries/passwords.ts";
import { listTeamsOf, type OwnTeam } from "../queries/people.ts";
import {
  deleteExpiredSessions,
  deleteSession,
  insertSession,
  listSessions,
  type Session,
} from "../queries/sessions.ts";
import { hashedParts, newSecret } from "../secrets.ts";
import type { Gate } from "./gate.ts";
import { type Cause, type Ground, recordChange, requireStanding } from "./ground.ts";
import type { Uses } from "./uses.ts";

export type SignIn = {
  readonly email: string;
  readonly password: string;
  /** Id or name of the team; null where there is only one. */
  readonly team: string | null;
};
export type SignedIn = {
  readonly id: SessionId;
  readonly secret: Secret;
  readonly expiresAt: EpochMs;
  readonly team: OwnTeam;
};

/** Sign-ins of people with their passwords, and the end of them. */
export function createSessions(ground: Ground, deps: { gate: Gate; uses: Uses; lifetimeMs: number }) {
  const { store, clock, random, hasher, audit } = ground;
  const { gate, uses } = deps;

  const begin = async (tx: Tx, account: Account, team: OwnTeam, origin: Origin): Promise<SignedIn> => {
    const id = random.uuid() as SessionId;
    const createdAt = wholeSecond(clock.now());
    const expiresAt = createdAt + deps.lifetimeMs;
    const secret = newSecret("session", random);
    const hash = hasher.hash(hashedParts("session", secret));
    const { address, userAgent } = origin;
    const place = { teamId: team.id, userId: account.id, address, userAgent };
    await insertSession(tx, { id, ...place, createdAt, expiresAt, secret: hash });
    await appendChange(tx, { kind: "session", targetId: id, at: clock.now() });
    await audit.record(tx, {
      teamId: team.id,
      actor: { id: account.id, kind: "person", name: account.name, credential: { kind: "session", id } },
      verb: "session.create",
      target: { kind: "session", id },
      origin,
      details: { expires_at: expiresAt },
    });
    return { id, secret, expiresAt, team };
  };

  return {
    /**
     * Signs a person in to one of their teams. Throws `identity.sign_in_refused`, the same for unknown people and wrong passwords;
     * only who has the right one learns `identity.no_team`, `identity.which_team`.
     */
    async signIn(input: SignIn, origin: Origin): Promise<SignedIn> {
      const found = await findAccountByEmail(store.db, input.email);
      const proven = await gate.requirePassword(origin, input.email, found, input.password);
      return store.transaction(async (tx) => {
        const account = await findAccountByEmail(tx, input.email);
        // Changed while it was being checked: what was right is not any more.
        if (account === undefined || account.password !== proven.password) throw identityErrors.sign_in_refused();
        return begin(tx, account, chooseTeam(await listTeamsOf(tx, account.id), input.team), origin);
      });
    },

    /** The caller's sessions in this team that have not ended, newest first. */
    list: (caller: TeamPrincipal): Promise<Session[]> =>
      listSessions(store.db, caller.teamId, caller.user.id, clock.now()),

    /** Ends one of the caller's own sessions in this team; `current` is the one that asks. */
    async end(cause: Cause, given: string): Promise<void> {
      const { caller } = cause;
      const wanted = given === "current" && caller.credentialKind === "session" ? caller.credentialId : given;
      const ended = await store.transaction(async (tx) => {
        await requireStanding(tx, caller, "account.manage");
        const own = await listSessions(tx, caller.teamId, caller.user.id, clock.now());
        const session = own.find(({ id }) => id === wanted);
        if (session === undefined) throw identityErrors.session_not_found();
        await deleteSession(tx, session.id);
        const target = { kind: "session", id: session.id };
        await recordChange(ground, tx, cause, { verb: "session.delete", target, feed: "session", details: {} });
        return session.id;
      });
      uses.forget([ended]);
    },

    /** Forgets sessions that have run out. */
    async forgetOld(): Promise<void> {
      const now = clock.now();
      uses.forget(await store.transaction((tx) => deleteExpiredSessions(tx, now)));
    },
  };
}

/** The team that was named, or the only one. Ids come first: whoever names a team chooses freely, another team's id included. */
function chooseTeam(teams: readonly OwnTeam[], named: string | null): OwnTeam {
  const [only, ...others] = teams;
  if (only === undefined) throw identityErrors.no_team();
  const called = teams.filter(({ id }) => id === named);
  const matching = named === null ? teams : called.length > 0 ? called : teams.filter(({ name }) => name === named);
  const [team, ...ambiguous] = matching;
  if (team !== undefined && ambiguous.length === 0) return team;
  const list = [only, ...others].map(({ id, name }) => `${name} (${id})`).join(", ");
  throw identityErrors.which_team({ says: `${identityErrors.which_team.says.slice(0, -1)}: ${list}.` });
}
