import { UsageError } from "../failure.ts";
import { plainText } from "./plain-text.ts";
import { type ColumnHead, chooseColumns, formatTable } from "./table.ts";

/** One column of a table of rows. */
export type Column<Row> = ColumnHead & { readonly cell: (row: Row) => string };

/**
 * How a command's data is written as text: as a table with a row for each thing it contains, as words, or not at all because success is
 * told in passing. `--output json` needs no view: it writes the data itself.
 */
export type View<Data, Row> =
  | { readonly columns: readonly Column<Row>[]; readonly rows: (data: Data) => readonly Row[] }
  | { readonly text: (data: Data) => string }
  | "nothing";

/** The same columns with none hidden, for a command that shows a single thing. */
export const allShown = <Row>(columns: readonly Column<Row>[]): readonly Column<Row>[] =>
  columns.map(({ name, heading, cell }) => ({ name, heading, cell }));

/** How the user wants text to look. */
export type TextStyle = { readonly format: string | undefined; readonly header: boolean };

/**
 * Gets ready to write a view.
 * @throws UsageError if the style does not fit it
 */
export function prepareView<Data, Row>(view: View<Data, Row>, { format, header }: TextStyle): (data: Data) => string {
  if (view !== "nothing" && "columns" in view) {
    const columns = chooseColumns(view.columns, format);
    const headings = header ? [columns.map(({ heading }) => heading)] : [];
    const write = (row: Row) => columns.map(({ cell }) => cell(row));
    return (data) => asLines(formatTable([...headings, ...view.rows(data).map(write)]).join("\n"));
  }
  if (format !== undefined) throw new UsageError("--format chooses columns, and this command prints no table");
  if (view === "nothing") return () => "";
  return (data) => asLines(plainText(view.text(data)));
}

/** With a line break at the end, unless there is nothing to end. */
const asLines = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`);
