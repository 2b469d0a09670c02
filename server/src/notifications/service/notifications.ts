import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { Sealer } from "../../kernel/seal.ts";
import { createOutbox } from "./outbox.ts";

/** What people are told by e-mail, and other programs by webhook. */
export function createNotifications(deps: { clock: Clock; random: Random; sealer: Sealer; canMail: boolean }) {
  const { enqueue, announce } = createOutbox(deps);
  return { enqueue, announce, canMail: deps.canMail };
}

export type Notifications = ReturnType<typeof createNotifications>;
