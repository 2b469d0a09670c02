import type { Kysely, Transaction } from "kysely";
import type { Tables } from "./tables.ts";

/** Reads outside a transaction. */
export type Db = Kysely<Tables>;
/** A transaction under way; what it writes is committed or rolled back as one. */
export type Tx = Transaction<Tables>;
