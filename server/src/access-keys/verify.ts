import type { Origin } from "../audit/index.ts";
import type { Clock, EpochMs } from "../kernel/clock.ts";
import type { LatchkeyError } from "../kernel/errors.ts";
import type { FailedAttempts } from "../kernel/failed-attempts.ts";
import { isInNetworks } from "../kernel/networks.ts";
import type { Random } from "../kernel/random.ts";
import type { SecretHasher } from "../kernel/secret-hash.ts";
import { toTimestamp } from "../kernel/timestamp.ts";
import { effectiveGrants, type NamespacePrincipal } from "../namespaces/index.ts";
import type { ChangeFollower } from "../store/changes.ts";
import type { CommittedReader } from "../store/committed-reader.ts";
import { accessKeyErrors } from "./errors.ts";
import { type AccessKeyId, isOver, judge, type KeyRecord, parseAccessKeyId, type Refusal } from "./model.ts";
import { createProvenCredentials, type Proven } from "./proven.ts";
import { prepareKeyLookup, type StoredSecret } from "./queries/look-up.ts";
import { hasSecretShape, secretContext } from "./secret-format.ts";
import type { Uses } from "./uses.ts";

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i;
/** What an unknown id is compared with, so that it costs what a wrong secret costs. */
const DUMMY: StoredSecret = { pepperId: "", hash: new Uint8Array(32), number: 0, expiresAt: null };
/** As long as any other, since hashing takes longer for longer texts. */
const NO_NAMESPACE = "fn-00000000-0000-4000-8000-000000000000";

export type VerifierDeps = {
  committed: CommittedReader;
  changes: ChangeFollower;
  clock: Clock;
  random: Random;
  hasher: SecretHasher;
  uses: Uses;
  failures: FailedAttempts;
};

/** Verifies HTTP Basic credentials of the data plane: DESIGN 5, the hot path. */
export function createVerifier(deps: VerifierDeps) {
  const { clock, hasher, uses, failures } = deps;
  const lookUp = prepareKeyLookup(deps.committed);
  const proven = createProvenCredentials(deps);

  const fail = (
    origin: Origin,
    keyId: AccessKeyId | null,
    reason: string,
    error: LatchkeyError,
    isKnown = true,
  ): LatchkeyError =>
    failures.note({ address: origin.address, subject: keyId, isKnown, reason }).tooMany
      ? accessKeyErrors.too_many_failures({ headers: { "retry-after": "60" } })
      : error;

  const prove = (digest: string, header: string, origin: Origin): Proven => {
    const invalid = accessKeyErrors.credential_invalid;
    const [id, secret] = parseCredential(header);
    if (id === undefined || secret === undefined) throw fail(origin, null, "malformed", invalid(), false);
    const held = lookUp.secretsOf(id);
    const context = secretContext(held?.namespaceId ?? NO_NAMESPACE, id, secret);
    const now = clock.now();
    const living = held?.secrets.filter(({ expiresAt }) => !isOver(expiresAt, now)) ?? [];
    const matching = hasher.find(context, living.length === 0 ? [DUMMY] : living);
    const record = matching && lookUp.recordOf(id);
    if (matching === undefined || record === undefined)
      throw fail(origin, id, "wrong secret", invalid(), held !== undefined);
    const { number: secretNumber, expiresAt: secretExpiresAt } = matching;
    const principal = toPrincipal(record, matching);
    const result = { record, secretNumber, secretExpiresAt, principal };
    // A revoked key never comes back, so keeping it would only take room; all else is judged anew on every request.
    if (record.state.kind === "active" && record.ownerRole !== null) proven.keep(digest, result);
    return result;
  };

  return {
    /**
     * Who a key stands for at this moment, for something that was begun with it; null once it opens nothing. From where it is used
     * now is not asked: it was asked when it was used.
     */
    standingOf(id: string, secretNumber: number): NamespacePrincipal | null {
      const keyId = parseAccessKeyId(id);
      if (keyId === undefined) return null;
      const record = lookUp.recordOf(keyId);
      const secrets = lookUp.secretsOf(keyId)?.secrets ?? [];
      const now = clock.now();
      const secret = secrets.find(({ number, expiresAt }) => number === secretNumber && !isOver(expiresAt, now));
      if (record === undefined || secret === undefined) return null;
      return judge(record, "", now, () => true).kind === "accepted" ? toPrincipal(record, secret) : null;
    },

    /** Who presents this `Authorization` header. Throws `access_key.*`: 401, or 429 after too many failures. */
    verify(header: string | undefined, origin: Origin): NamespacePrincipal {
      if (header === undefined) throw accessKeyErrors.credential_missing();
      const digest = proven.digest(header);
      const known = proven.find(digest);
      const { record, secretNumber, secretExpiresAt, principal } = known ?? prove(digest, header, origin);
      const now = clock.now();
      if (isOver(secretExpiresAt, now))
        throw fail(origin, record.id, "rotated secret", accessKeyErrors.credential_invalid());
      const verdict = judge(record, origin.address, now, isInNetworks);
      if (verdict.kind !== "accepted") throw fail(origin, record.id, verdict.kind, explain(verdict));
      uses.note(record.id, secretNumber, now, origin.address);
      return principal;
    },
  };
}

function parseCredential(header: string): [AccessKeyId, string] | [undefined, undefined] {
  const encoded = BASIC.exec(header)?.[1];
  if (encoded === undefined) return [undefined, undefined];
  const text = Buffer.from(encoded, "base64").toString("latin1");
  const colon = text.indexOf(":");
  const id = parseAccessKeyId(text.slice(0, Math.max(colon, 0)));
  const secret = text.slice(colon + 1);
  return id !== undefined && hasSecretShape(secret) ? [id, secret] : [undefined, undefined];
}

const toPrincipal = (record: KeyRecord, secret: Pick<StoredSecret, "number" | "expiresAt">): NamespacePrincipal => ({
  user: record.owner,
  teamId: record.teamId,
  role: record.ownerRole ?? "viewer",
  credentialKind: "access_key",
  credentialId: record.id,
  namespaceId: record.namespaceId,
  expiresAt: earlier(record.expiresAt, secret.expiresAt),
  secretNumber: secret.number,
  grants: record.ownerRole === null ? [] : effectiveGrants(record.ownerRole, record.grants),
});

const earlier = (one: EpochMs | null, other: EpochMs | null): EpochMs | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

/** Told only to a caller who proved the secret: what happened, and what to do next. */
function explain(refusal: Refusal): LatchkeyError {
  const invalid = accessKeyErrors.credential_invalid.says;
  switch (refusal.kind) {
    case "expired":
      return accessKeyErrors.expired({
        says: `${invalid}: this access key expired at ${toTimestamp(refusal.at)}. Create a new one.`,
      });
    case "revoked":
      return accessKeyErrors.revoked({
        says: `${invalid}: this access key was revoked at ${toTimestamp(refusal.at)}. Create a new one.`,
      });
    case "suspended":
      return accessKeyErrors.suspended();
    case "owner_left":
      return accessKeyErrors.owner_left();
    case "network_not_allowed":
      return accessKeyErrors.network_not_allowed({
        says: `${invalid}: this access key may not be used from ${refusal.address}.`,
      });
  }
}
