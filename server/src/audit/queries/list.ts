import { type RawBuilder, sql } from "kysely";
import type { Db } from "../../store/transaction.ts";
import type { ChainedEntry } from "../model/entries.ts";
import type { Cursor, Filter } from "../model/filter.ts";
import { ENTRY_COLUMNS, type EntryRow, toEntry } from "./rows.ts";

/**
 * Entries of a team, the newest first: by time and not by number, so that every index of migration 0003 has them in this order, and so
 * that a clock that was put back hides nothing from a question about a time.
 */
export function selectEntries(
  teamId: string,
  filter: Filter,
  after: Cursor | null,
  limit: number,
): RawBuilder<EntryRow> {
  const { actorId, credentialId, targetId, verb, outcome, since, until } = filter;
  const wanted = [
    sql`team_id = ${teamId}`,
    ...(actorId === null ? [] : [sql`actor_id = ${actorId}`]),
    ...(credentialId === null ? [] : [sql`credential_id = ${credentialId}`]),
    ...(targetId === null ? [] : [sql`target_id = ${targetId}`]),
    ...(verb === null ? [] : [isOf(verb)]),
    ...(outcome === null ? [] : [sql`outcome = ${outcome}`]),
    ...(since === null ? [] : [sql`audit_entries.at >= ${since}`]),
    ...(until === null ? [] : [sql`audit_entries.at < ${until}`]),
    ...(after === null ? [] : [sql`(audit_entries.at, audit_entries.seq) < (${after.at}, ${after.seq})`]),
  ];
  return sql<EntryRow>`SELECT ${sql.raw(ENTRY_COLUMNS)} FROM audit_entries WHERE ${sql.join(wanted, sql` AND `)}
    ORDER BY audit_entries.at DESC, audit_entries.seq DESC LIMIT ${limit}`;
}

const isOf = (verb: NonNullable<Filter["verb"]>) =>
  verb.kind === "verb" ? sql`verb = ${verb.verb}` : sql`substr(verb, 1, instr(verb, '.')) = ${`${verb.thing}.`}`;

/** A page of a team's entries, the newest first. */
export async function listEntries(
  db: Db,
  teamId: string,
  filter: Filter,
  after: Cursor | null,
  limit: number,
): Promise<ChainedEntry[]> {
  const { rows } = await selectEntries(teamId, filter, after, limit).execute(db);
  return rows.map(toEntry);
}
