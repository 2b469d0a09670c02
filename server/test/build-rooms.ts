import { createAccessKeys } from "../src/access-keys/index.ts";
import { createAudit } from "../src/audit/index.ts";
import { createIdentity } from "../src/identity/index.ts";
import type { Clock } from "../src/kernel/clock.ts";
import type { Random } from "../src/kernel/random.ts";
import type { SecretHasher } from "../src/kernel/secret-hash.ts";
import { createNamespaces } from "../src/namespaces/index.ts";
import { createPolicy } from "../src/policy/index.ts";
import type { Store } from "../src/store/store.ts";

/** Tells nobody anything. */
const NOTIFICATIONS = { canMail: false, enqueue: async () => {}, announce: async () => {} };

/** Access keys and what they stand on, joined as wire.ts joins them, for who needs no server around them. */
export function buildRooms(ground: {
  store: Store;
  clock: Clock;
  random: Random;
  hasher: SecretHasher;
  /** Failed attempts a minute after which somebody is told to wait. */
  failures?: number;
}) {
  const { failures = 1_000_000, ...rest } = ground;
  const limits = { perAddress: failures, perSubject: failures };
  const audit = createAudit(rest);
  const identity = createIdentity({
    ...rest,
    audit,
    notifications: NOTIFICATIONS,
    publicUrl: () => "",
    sessionLifetimeMs: 3_600_000,
    attemptLimits: limits,
  });
  const namespaces = createNamespaces({ ...rest, audit, identity, limit: 1_000 });
  const policy = createPolicy({ ...rest, audit, identity, namespaces });
  const accessKeys = createAccessKeys({
    ...rest,
    audit,
    identity,
    namespaces,
    policy,
    notifications: NOTIFICATIONS,
    failureLimits: limits,
    revokeBearer: identity.endFound,
  });
  return { audit, identity, namespaces, accessKeys };
}
