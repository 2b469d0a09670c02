import type { Person } from "../../identity/index.ts";
import type { Tx } from "../../store/transaction.ts";
import { deleteNoticesBefore, type ExpiringKey, insertNotice, listUntold } from "../queries/expiring.ts";
import type { Ground } from "./ground.ts";

const DAY_MS = 86_400_000;
/** How many days before its end a key is told of, nearest first. */
const NOTICE_DAYS = [1, 7, 30] as const;
/** In one transaction, so that nobody's change waits long behind them. */
const AT_ONCE = 50;

/** Tells of keys that end soon: once for each threshold and end, and after a standstill only what is nearest. */
export function createExpiryNotices(ground: Ground) {
  const { store, clock, identity, notifications } = ground;

  /** A person is told themselves; of a service identity's key, those who answer for it and for the team. */
  const readersOf = async (tx: Tx, { key, teamId }: ExpiringKey): Promise<Person[]> => {
    if (key.owner.kind === "person") {
      const person = await identity.personIn(tx, key.owner.id);
      return person === undefined ? [] : [person];
    }
    const { responsible } = await identity.serviceIdentities.requireIn(tx, { teamId }, key.owner.id);
    const person = responsible.isMember ? await identity.personIn(tx, responsible.id) : undefined;
    const owners = (await identity.ownersIn(tx, teamId)).filter(({ id }) => id !== person?.id);
    return person === undefined ? owners : [person, ...owners];
  };

  const tell = async (tx: Tx, expiring: ExpiringKey, days: number): Promise<void> => {
    const { key, expiresAt, teamId, namespace } = expiring;
    if (!(await insertNotice(tx, { id: key.id, expiresAt, days, at: clock.now() }))) return;
    const { id, name, owner, namespaceId } = key;
    for (const { email } of await readersOf(tx, expiring)) {
      const heldBy = owner.kind === "service" ? owner.name : null;
      const about = { keyName: name, keyId: id, namespace, heldBy, inDays: days, expiresAt };
      await notifications.enqueue(tx, { kind: "key_expiry", to: email, teamId, ...about });
    }
    const event = { type: "key.expiring", key: { id, name }, namespaceId, owner, expiresAt, inDays: days } as const;
    await notifications.announce(tx, teamId, event);
  };

  return {
    /** To be called every hour. */
    async tellOfExpiry(): Promise<void> {
      const now = clock.now();
      let after = now;
      for (const days of NOTICE_DAYS) {
        const until = now + days * DAY_MS;
        const span = { after, until, days, limit: AT_ONCE };
        while (
          (await store.transaction(async (tx) => {
            const keys = await listUntold(tx, span);
            for (const key of keys) await tell(tx, key, days);
            return keys.length;
          })) === AT_ONCE
        );
        after = until;
      }
      await deleteNoticesBefore(store.db, now);
    },
  };
}
