import type { Origin } from "../../audit/index.ts";
import type { FailedAttempts } from "../../kernel/failed-attempts.ts";
import type { Secret } from "../../kernel/secret.ts";
import { appendChange } from "../../store/changes.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import { accessKeyErrors } from "../errors.ts";
import { parseAccessKeyId } from "../model.ts";
import { findByFinder, findByKey, type LivingSecret } from "../queries/found-secrets.ts";
import { revokeKey } from "../queries/keys.ts";
import { endSecret } from "../queries/secrets.ts";
import { finderContext, hasSecretShape, secretContext } from "../secret-format.ts";
import { announceRevocation, type Ground } from "./ground.ts";

/** Ends the API token or session whose secret this is, if there is one: another room's affair. */
export type RevokeBearer = (secret: string, origin: Origin) => Promise<unknown>;

const FOUND = "reported as found";

/** What follows the colon of `id:secret`, or all of it where there is none. */
const secretPart = (text: string): string => text.slice(text.indexOf(":") + 1);

/**
 * Ends what somebody found: the secret is the proof, so nobody has to be asked. Whether it was known, no answer tells. A secret
 * that is still alive only because its key is being rotated ends alone; the current one ends its key.
 */
export function createFoundSecrets(ground: Ground, deps: { revokeBearer: RevokeBearer; reports: FailedAttempts }) {
  const { store, clock, hasher, audit } = ground;

  const find = async (db: Db | Tx, text: string): Promise<LivingSecret | undefined> => {
    const secret = secretPart(text);
    const now = clock.now();
    const [found] = await findByFinder(db, hasher.hash(finderContext(secret)), now);
    if (found !== undefined) return found;
    const id = parseAccessKeyId(text.slice(0, text.indexOf(":")));
    const candidates = id === undefined ? [] : await findByKey(db, id, now);
    const [candidate] = candidates;
    return candidate && hasher.find(secretContext(candidate.key.namespaceId, candidate.key.id, secret), candidates);
  };

  const end = async (tx: Tx, { key, teamId, number, expiresAt }: LivingSecret, origin: Origin): Promise<void> => {
    const at = clock.now();
    const isCurrent = expiresAt === null;
    if (isCurrent) {
      await revokeKey(tx, key.id, FOUND, at);
      await announceRevocation(ground, tx, teamId, key, FOUND);
    } else {
      await endSecret(tx, key.id, number, at);
    }
    await appendChange(tx, { kind: "access_key", targetId: key.id, at });
    await audit.record(tx, {
      teamId,
      actor: {
        id: null,
        kind: "system",
        name: "holder of the secret",
        credential: { kind: "access_key", id: key.id },
      },
      verb: isCurrent ? "access_key.delete" : "access_key.end_secret",
      target: { kind: "access_key", id: key.id },
      origin,
      details: { namespace: key.namespaceId, name: key.name, owner: key.owner.id, reason: FOUND },
    });
  };

  return {
    /**
     * Ends what this secret opens; it opens nothing any more when this resolves. Takes `id:secret`, an access key's secret alone,
     * an API token, a session. Throws `access_key.too_many_reports`, whatever the secret.
     */
    async revokeFound(secret: Secret, origin: Origin): Promise<void> {
      const { address } = origin;
      // Each counts, right or wrong: who is told to wait must not learn from it which it was.
      if (deps.reports.note({ address, subject: null, isKnown: false, reason: "report" }).tooMany)
        throw accessKeyErrors.too_many_reports({ headers: { "retry-after": "60" } });
      const text = secret.reveal().trim();
      if (!hasSecretShape(secretPart(text))) {
        await deps.revokeBearer(text, origin);
        return;
      }
      // Looked up outside first: whoever sends texts of the right shape is not to keep others from writing.
      if ((await find(store.db, text)) === undefined) return;
      await store.transaction(async (tx) => {
        const found = await find(tx, text);
        if (found !== undefined) await end(tx, found, origin);
      });
    },
  };
}
