import type { Problem } from "./chain-check.ts";
import type { Position } from "./entries.ts";

/** What checking a log, or an export of one, has shown. */
export type Verification = {
  readonly teamId: string;
  /** How many of each were found to be in order. */
  readonly entries: number;
  readonly checkpoints: number;
  /** After which entry the check began, and with which it ended. */
  readonly start: Position;
  readonly end: Position;
  readonly keyId: string;
  /** The first thing that is wrong; null if nothing is. */
  readonly problem: Problem | null;
};
