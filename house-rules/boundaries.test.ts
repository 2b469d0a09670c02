import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ICruiseResult } from "dependency-cruiser";
import { expect, test } from "vitest";
import { buildBadHouse } from "./bad-house.ts";
import { BAD_IMPORTS } from "./bad-imports.ts";
import { emptyFolder, HOUSE } from "./folder.ts";

async function cruise(house: string, parts: readonly string[]): Promise<ICruiseResult> {
  const bin = join(HOUSE, "node_modules/.bin/depcruise");
  const config = join(HOUSE, "house-rules/.dependency-cruiser.cjs");
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [bin, "--config", config, "--output-type", "json", ...parts],
    { cwd: house, maxBuffer: 64 * 1024 * 1024 },
  );
  return JSON.parse(stdout);
}

const brokenIn = ({ summary }: ICruiseResult) =>
  summary.violations.map(({ from, to, rule }) => `${from} imports ${to}: ${rule.name}`);

test("every boundary rule catches the imports it is there for, and no rule catches others", async () => {
  const folder = emptyFolder();
  buildBadHouse(folder);
  const { summary } = await cruise(folder, ["contract", "server", "cli", "panel"]);

  const caught = summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`);
  const expected = BAD_IMPORTS.flatMap(({ file, breaks }) => breaks.map((rule) => `${rule}: ${file}`));
  expect(caught.sort()).toEqual(expected.sort());

  const proven = new Set(BAD_IMPORTS.flatMap(({ breaks }) => breaks));
  const unproven = summary.ruleSetUsed?.forbidden?.map(({ name }) => name).filter((name) => !proven.has(`${name}`));
  expect(unproven).toEqual([]);
});

test("the house itself breaks no boundary, and was really looked at", async () => {
  const parts = ["contract", "server", "cli"];
  const report = await cruise(HOUSE, parts);
  expect(brokenIn(report)).toEqual([]);
  expect(parts.filter((part) => !report.modules.some(({ source }) => source.startsWith(`${part}/`)))).toEqual([]);
});
