import type { Log } from "../src/kernel/log.ts";

const nothing = (): void => {};

/** A log that nobody reads. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
