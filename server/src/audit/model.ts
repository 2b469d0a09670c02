import type { EpochMs } from "../kernel/clock.ts";

/** Who did it. `system` acts by itself: expiry sweeps, first-run set-up. */
export type Actor = {
  readonly id: string | null;
  readonly kind: "person" | "service" | "system";
  readonly name: string;
  /** Through what: a token, an access key; null for the system and for the operator's own terminal. */
  readonly credential: { readonly kind: "token" | "session" | "access_key"; readonly id: string } | null;
};

/** Where it came from; null for what no request caused. */
export type Origin = { readonly requestId: string; readonly address: string; readonly userAgent: string };

/** One line of the append-only record. `details` holds no secret, ever. */
export type AuditEntry = {
  readonly teamId: string;
  readonly at: EpochMs;
  readonly actor: Actor;
  /** What was done, in the form `<thing>.<verb>`: `access_key.create`. */
  readonly verb: string;
  readonly target: { readonly kind: string; readonly id: string };
  readonly outcome: "done" | "refused";
  readonly origin: Origin | null;
  readonly details: Readonly<Record<string, unknown>>;
};
