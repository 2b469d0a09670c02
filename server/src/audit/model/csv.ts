import { type ChainedEntry, toInstant } from "./entries.ts";

type Cell = string | number | null;

/** The columns of an export as CSV. */
const COLUMNS: readonly (readonly [heading: string, cell: (entry: ChainedEntry) => Cell])[] = [
  ["seq", ({ seq }) => seq],
  ["at", ({ at }) => toInstant(at)],
  ["actor_kind", ({ actorKind }) => actorKind],
  ["actor_id", ({ actorId }) => actorId],
  ["actor_name", ({ actorName }) => actorName],
  ["credential_kind", ({ credentialKind }) => credentialKind],
  ["credential_id", ({ credentialId }) => credentialId],
  ["verb", ({ verb }) => verb],
  ["target_kind", ({ targetKind }) => targetKind],
  ["target_id", ({ targetId }) => targetId],
  ["outcome", ({ outcome }) => outcome],
  ["address", ({ address }) => address],
  ["user_agent", ({ userAgent }) => userAgent],
  ["request_id", ({ requestId }) => requestId],
  ["details", ({ details }) => details],
  ["hash", ({ hash }) => hash],
];

/** Spreadsheets run a cell that begins like this as a formula, the full-width signs included (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** A cell of RFC 4180, in quotes where it needs them. An apostrophe keeps what looks like a formula a text. */
function writeCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const harmless = FORMULA.test(cell) ? `'${cell}` : cell;
  // Semicolons and tabs as well: which separator a spreadsheet goes by depends on its locale.
  return /[",;\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const writeLine = (cells: readonly Cell[]): string => `${cells.map(writeCell).join(",")}\r\n`;

/** The first line. */
export const CSV_HEADINGS = writeLine(COLUMNS.map(([heading]) => heading));

/** An entry as a line. */
export const csvLine = (entry: ChainedEntry): string => writeLine(COLUMNS.map(([, cell]) => cell(entry)));
