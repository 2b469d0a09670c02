import { describe, expect, test } from "vitest";
import { UsageError } from "../failure.ts";
import { type Column, prepareView } from "./view.ts";

type Row = { readonly id: string; readonly name: string; readonly ends: string };
const COLUMNS: readonly Column<Row>[] = [
  { name: "ID", heading: "ID", cell: ({ id }) => id },
  { name: "Name", heading: "Name", cell: ({ name }) => name },
  { name: "Ends", heading: "Expires At", cell: ({ ends }) => ends },
  { name: "Extra", heading: "Extra", cell: () => "x", hidden: true },
];
const rows: Row[] = [
  { id: "k1", name: "my-dev-key", ends: "2026-03-08" },
  { id: "k22", name: "b", ends: "" },
];
const write = (format?: string, header = true, data = rows) =>
  prepareView({ columns: COLUMNS, rows: (all: Row[]) => all }, { format, header })(data);

describe("tables look like doctl's", () => {
  test("columns are as wide as their widest cell and four spaces; the last one is not padded", () => {
    expect(write()).toBe(
      ["ID     Name          Expires At", "k1     my-dev-key    2026-03-08", "k22    b             ", ""].join("\n"),
    );
  });

  test("an empty list is the headings alone", () => {
    expect(write(undefined, true, [])).toBe("ID    Name    Expires At\n");
  });

  test("without its header an empty list is nothing", () => {
    expect(write(undefined, false, [])).toBe("");
  });

  test("without its header a table has cells only", () => {
    expect(write("ID,Name", false)).toBe("k1     my-dev-key\nk22    b\n");
  });

  test("--format chooses columns and their order, whatever their case, hidden ones included", () => {
    expect(write("extra, id", false)).toBe("x    k1\nx    k22\n");
  });

  test("a column that there is not is refused in doctl's words, with those that there are", () => {
    expect(() => write("ID,Secret")).toThrow(
      expect.objectContaining({ message: 'unknown column "Secret"', next: ["Columns: ID, Name, Ends, Extra"] }),
    );
  });

  test("wide characters take two columns, combining ones none", () => {
    const wide = [
      { id: "測試", name: "n", ends: "" },
      { id: "e\u0301", name: "n", ends: "" },
    ];
    expect(write("ID,Name", false, wide)).toBe("測試    n\ne\u0301       n\n");
  });

  test("a name with a line break stays in its cell", () => {
    expect(write("Name", false, [{ id: "", name: "a\nb\u001b[1m", ends: "" }])).toBe("a\\x0ab\\x1b[1m\n");
  });
});

describe("a column that is the only chance to see something", () => {
  const columns: readonly Column<Row>[] = [
    ...COLUMNS,
    { name: "Secret", heading: "Secret", cell: () => "s", needed: "it is shown once" },
  ];
  const prepare = (format: string) => prepareView({ columns, rows: (all: Row[]) => all }, { format, header: false });

  test("cannot be left out, and that is said before anything is done", () => {
    expect(() => prepare("ID,Name")).toThrow(UsageError);
    expect(() => prepare("ID,Name")).toThrow("--format leaves out Secret: it is shown once");
  });

  test("may stand alone", () => {
    expect(prepare("Secret")(rows)).toBe("s\ns\n");
  });
});

describe("text", () => {
  const text = (data: string) =>
    prepareView({ text: (value: string) => value }, { format: undefined, header: true })(data);

  test.each([
    { what: "without a line break at the end gets one", data: "a\nb", written: "a\nb\n" },
    { what: "with one keeps it", data: "a\n", written: "a\n" },
    { what: "that is empty prints nothing", data: "", written: "" },
    { what: "that a terminal would obey is written out", data: "\u001b[2J", written: "\\x1b[2J\n" },
  ])("$what", ({ data, written }) => {
    expect(text(data)).toBe(written);
  });

  test("has no columns to choose", () => {
    expect(() => prepareView({ text: String }, { format: "ID", header: true })).toThrow(UsageError);
  });
});
