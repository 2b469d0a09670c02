import type { EpochMs } from "../../kernel/clock.ts";
import { appendChange } from "../../store/changes.ts";
import { listOverlapping, type OverlappingSecret } from "../queries/rotations.ts";
import { endSecret } from "../queries/secrets.ts";
import type { Ground } from "./ground.ts";

/** An old secret that nobody used for this part of its overlap has been replaced wherever it was. */
const IDLE_PART = 1 / 4;
const SYSTEM = { id: null, kind: "system", name: "rotation", credential: null } as const;

/** Whether a secret that is being rotated out can go before its time: the new one is in use, and this one is not. */
function isReplaced(
  { number, expiresAt, current }: Pick<OverlappingSecret, "number" | "expiresAt" | "current">,
  lastUses: ReadonlyMap<number, EpochMs>,
  now: EpochMs,
): boolean {
  if (!lastUses.has(current.number)) return false;
  const overlapMs = expiresAt - current.createdAt;
  const idleSince = Math.max(lastUses.get(number) ?? 0, current.createdAt);
  return now - idleSince >= overlapMs * IDLE_PART;
}

/** Ends rotations early, so that a secret nobody needs is not there to be stolen. */
export function createIdleSecrets(ground: Ground) {
  const { store, clock, audit, uses } = ground;

  const end = (secret: OverlappingSecret): Promise<void> =>
    store.transaction(async (tx) => {
      const { key, teamId, number, expiresAt } = secret;
      const at = clock.now();
      if (!(await endSecret(tx, key.id, number, at))) return;
      await appendChange(tx, { kind: "access_key", targetId: key.id, at });
      const details = { namespace: key.namespaceId, name: key.name, was_to_end_at: expiresAt };
      const target = { kind: "access_key", id: key.id };
      await audit.record(tx, { teamId, actor: SYSTEM, verb: "access_key.end_secret", target, origin: null, details });
    });

  return {
    /** To be called every few minutes. */
    async endIdleSecrets(): Promise<void> {
      const secrets = await listOverlapping(store.db, clock.now());
      const lastUses = await uses.lastOfSecrets(secrets.map(({ key }) => key.id));
      for (const secret of secrets)
        if (isReplaced(secret, lastUses.get(secret.key.id) ?? new Map(), clock.now())) await end(secret);
    },
  };
}
