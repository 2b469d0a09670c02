import { execFile } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { emptyFolder, HOUSE, write } from "./folder.ts";

type BadCode = { readonly breaks: string; readonly file?: string; readonly code: string };

/** One offence for every lint rule the house adds to Biome's own choice. */
const BAD_CODE: readonly BadCode[] = [
  { breaks: "suspicious/noConsole", code: "console.info(1);" },
  { breaks: "suspicious/noExplicitAny", code: "export const x: any = 1;" },
  {
    breaks: "suspicious/noImportCycles",
    file: "hen.ts",
    code: 'import { egg } from "./egg.ts";\nexport const hen = () => egg;',
  },
  { breaks: "suspicious/noTsIgnore", code: "// @ts-ignore why not\nexport const x: number = 1;" },
  { breaks: "style/noDefaultExport", code: "export default 1;" },
  { breaks: "style/noEnum", code: "export enum Kind { a, b }" },
  { breaks: "style/noExcessiveLinesPerFile", code: `${"f();\n".repeat(401)}` },
  { breaks: "style/noNonNullAssertion", code: "export const f = (x?: string) => x!.length;" },
  { breaks: "style/noProcessEnv", code: "export const home = process.env.HOME;" },
  { breaks: "style/useFilenamingConvention", file: "someThing.ts", code: "export const x = 1;" },
  { breaks: "style/useImportType", code: 'import { Hen } from "./hen.ts";\nexport type Chick = Hen;' },
  { breaks: "performance/noReExportAll", code: 'export * from "./egg.ts";' },
  { breaks: "nursery/noFloatingPromises", code: "async function f() {}\nf();" },
  { breaks: "nursery/noMisusedPromises", code: "export const f = async () => true;\nif (f()) g();" },
  {
    breaks: "nursery/useExhaustiveSwitchCases",
    code: 'export function f(x: "a" | "b") {\n  switch (x) {\n    case "a":\n      return 1;\n  }\n}',
  },
];

type Diagnostic = { readonly category: string; readonly location: { readonly path: string } };

/** Biome's errors in `folder`, as `rule: file`. */
async function lint(folder: string): Promise<string[]> {
  const bin = join(HOUSE, "node_modules/.bin/biome");
  const args = [bin, "lint", "--reporter=json", "--max-diagnostics=none", "--diagnostic-level=error", "."];
  const report = await new Promise<string>((resolve) => {
    // Biome exits 1 when it finds something, which is what it is here for; only its report matters.
    execFile(process.execPath, args, { cwd: folder }, (_error, stdout) => resolve(stdout));
  });
  const { diagnostics }: { diagnostics: readonly Diagnostic[] } = JSON.parse(report);
  return diagnostics.map(({ category, location }) => `${category.replace("lint/", "")}: ${location.path}`);
}

test("every lint rule of the house catches its offence", async () => {
  const folder = emptyFolder();
  for (const file of ["biome.jsonc", ".gitignore"]) copyFileSync(join(HOUSE, file), join(folder, file));
  const fileOf = ({ breaks, file = "code.ts" }: BadCode) => `${breaks.replace("/", "-").toLowerCase()}/${file}`;
  write(folder, "style-useimporttype/hen.ts", "export type Hen = 1;\n");
  write(folder, "suspicious-noimportcycles/egg.ts", 'import { hen } from "./hen.ts";\nexport const egg = () => hen;\n');
  for (const bad of BAD_CODE) write(folder, fileOf(bad), `${bad.code}\n`);

  expect(await lint(folder)).toEqual(expect.arrayContaining(BAD_CODE.map((bad) => `${bad.breaks}: ${fileOf(bad)}`)));
});

test("no lint rule of the house is without an offence that proves it works", () => {
  const { config } = ts.parseConfigFileTextToJson("biome.jsonc", readFileSync(join(HOUSE, "biome.jsonc"), "utf8"));
  const { preset: _, ...groups }: Record<string, Record<string, unknown>> = config.linter.rules;
  const on = Object.entries(groups).flatMap(([group, rules]) =>
    Object.keys(rules)
      .filter((rule) => rules[rule] !== "off")
      .map((rule) => `${group}/${rule}`),
  );
  expect(on.filter((rule) => !BAD_CODE.some(({ breaks }) => breaks === rule))).toEqual([]);
});
