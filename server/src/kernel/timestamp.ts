import type { EpochMs } from "./clock.ts";

/** RFC 3339 in UTC, whole seconds and `Z`: DigitalOcean's wire form. */
export const toTimestamp = (instant: EpochMs): string => `${new Date(instant).toISOString().slice(0, 19)}Z`;

/** The start of the second, so that what the wire says and what is enforced are the same instant. */
export const wholeSecond = (instant: EpochMs): EpochMs => instant - (instant % 1000);
