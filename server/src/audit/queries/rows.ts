import type { ChainedEntry } from "../model/entries.ts";
import type { Statement } from "../model/statements.ts";

/** A row as the columns below are selected: numbers are null where somebody put something else. */
type Read<Stored extends { seq: number; at: number }> = Omit<Stored, "seq" | "at"> & {
  readonly seq: number | null;
  readonly at: number | null;
};
export type EntryRow = Read<ChainedEntry>;
export type StatementRow = Read<Statement>;

/** The number in this column; null for what is no number that JavaScript can hold exactly. */
export const exactInteger = (column: string): string =>
  `CASE WHEN typeof(${column}) = 'integer' AND abs(${column} / 2) < ${2 ** 52} THEN ${column} END AS ${column}`;

const asNamed = (word: string): string => word.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const text = (column: string): string => `CAST(${column} AS TEXT) AS ${asNamed(column)}`;
const hex = (column: string): string => `lower(hex(${column})) AS ${asNamed(column)}`;

/** Named as the room names them. Whatever somebody put into a row, reading it yields the types of `EntryRow` and does not fail. */
export const ENTRY_COLUMNS = [
  ...["seq", "at"].map(exactInteger),
  ...["team_id", "actor_id", "actor_kind", "actor_name", "credential_kind", "credential_id", "verb"].map(text),
  ...["target_kind", "target_id", "outcome", "address", "user_agent", "request_id", "details"].map(text),
  ...["previous_hash", "hash"].map(hex),
].join(", ");

/** As `ENTRY_COLUMNS`, for `StatementRow`. */
export const STATEMENT_COLUMNS = [
  ...["seq", "at"].map(exactInteger),
  ...["team_id", "kind", "key_id"].map(text),
  ...["hash", "signature"].map(hex),
].join(", ");

/** The row as the room knows it: `NaN` stands for a number that is none. */
export const toEntry = (row: EntryRow): ChainedEntry => (isWhole(row) ? row : { ...row, ...mended(row) });
export const toStatement = (row: StatementRow): Statement => (isWhole(row) ? row : { ...row, ...mended(row) });

type Numbers = { readonly seq: number | null; readonly at: number | null };
const isWhole = <Row extends Numbers>(row: Row): row is Row & { readonly seq: number; readonly at: number } =>
  row.seq !== null && row.at !== null;
const mended = ({ seq, at }: Numbers) => ({ seq: seq ?? Number.NaN, at: at ?? Number.NaN });
