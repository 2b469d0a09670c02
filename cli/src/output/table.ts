import stringWidth from "string-width";
import { UsageError } from "../failure.ts";
import { plainLine } from "./plain-text.ts";

/** What a table says of one of its columns. */
export type ColumnHead = {
  /** What `--format` calls it. */
  readonly name: string;
  readonly heading: string;
  /** Shown only when `--format` asks for it. */
  readonly hidden?: true;
  /** Why it cannot be left out, in a sentence. */
  readonly needed?: string;
};

const GAP = "    ";

/**
 * Lines of a table as doctl writes them (do-functions-api 7.1): columns as wide as their widest cell and four spaces, the last one not
 * padded.
 */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const plain = rows.map((row) => row.map(plainLine));
  const widths = (plain[0] ?? []).map((_, column) => Math.max(...plain.map((row) => stringWidth(row[column] ?? ""))));
  return plain.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column] ?? 0) + GAP)).join(""),
  );
}

/** `padEnd` counts code units; a Chinese character takes two columns, a combining one none. */
const pad = (cell: string, width: number): string => cell + " ".repeat(Math.max(0, width - stringWidth(cell)));

/**
 * The columns that `--format Name,Name` asks for, or those that are shown unless asked otherwise.
 * @throws UsageError for a column that there is not, or without one that must be there
 */
export function chooseColumns<Head extends ColumnHead>(columns: readonly Head[], format: string | undefined): Head[] {
  if (format === undefined) return columns.filter(({ hidden }) => hidden !== true);
  const known = `Columns: ${columns.map(({ name }) => name).join(", ")}`;
  const chosen = format.split(",").map((part) => {
    const found = columns.find(({ name }) => name.toLowerCase() === part.trim().toLowerCase());
    if (found === undefined) throw new UsageError(`unknown column "${part.trim()}"`, known);
    return found;
  });
  const forgotten = columns.find((column) => column.needed !== undefined && !chosen.includes(column));
  if (forgotten !== undefined) {
    throw new UsageError(
      `--format leaves out ${forgotten.name}: ${forgotten.needed}`,
      `Add ${forgotten.name} to --format`,
    );
  }
  return chosen;
}
