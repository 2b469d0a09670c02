import type { EpochMs } from "../../kernel/clock.ts";

/** What somebody did to a function. */
export type TouchKind = "invoke" | "deploy" | "delete";

/** A function that a key was used for: when last, and how often since it began to be remembered. `path` is `function` or `package/function`. */
export type Touch = {
  readonly kind: TouchKind;
  readonly path: string;
  readonly lastAt: EpochMs;
  readonly count: number;
};

/** How long it is remembered. */
export const TOUCHES_KEPT_MS = 30 * 86_400_000;
/** How many things of each key: enough to decide by, and no room to fill a disk with. */
export const MOST_TOUCHES = 1_000;
