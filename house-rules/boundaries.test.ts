import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { BAD_IMPORTS, GOOD_IMPORTS } from "./bad-imports.ts";

const HOUSE = join(import.meta.dirname, "..");

const Report = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
    ruleSetUsed: z.object({ forbidden: z.array(z.object({ name: z.string() })) }),
  }),
});
type Report = z.infer<typeof Report>;

async function cruise(house: string, ...parts: string[]): Promise<Report> {
  const bin = join(HOUSE, "node_modules/.bin/depcruise");
  const config = join(HOUSE, "house-rules/.dependency-cruiser.cjs");
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [bin, "--config", config, "--output-type", "json", ...parts],
    { cwd: house, maxBuffer: 64 * 1024 * 1024 },
  );
  return Report.parse(JSON.parse(stdout));
}

const describeViolations = ({ summary }: Report) =>
  summary.violations.map(({ from, to, rule }) => `${from} imports ${to}: ${rule.name}`);

describe("the boundary rules, tried on a house built to break them", () => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bad-house-"));
  let report: Report;

  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };

  beforeAll(async () => {
    copyFileSync(join(HOUSE, "tsconfig.json"), join(folder, "tsconfig.json"));
    const dependencies = { zod: "*", kysely: "*", fastify: "*" };
    for (const [part, name] of Object.entries({
      contract: "@latchkey/contract",
      server: "@latchkey/server",
      cli: "cli",
    })) {
      const manifest = {
        name,
        dependencies,
        devDependencies: { "for-development": "*" },
        exports: { "./*": "./src/*.ts" },
      };
      write(`${part}/package.json`, JSON.stringify(manifest));
    }
    for (const name of ["undeclared", "for-development"]) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: "index.js" }));
      write(`node_modules/${name}/index.js`, "");
    }
    mkdirSync(join(folder, "node_modules/@latchkey"));
    for (const part of ["contract", "server"])
      symlinkSync(join(folder, part), join(folder, `node_modules/@latchkey/${part}`));
    for (const name of Object.keys(dependencies)) {
      symlinkSync(join(HOUSE, "node_modules", name), join(folder, "node_modules", name));
    }
    for (const { file, imports } of BAD_IMPORTS) {
      // Types only, wherever the language has them: the imports that a checker overlooks first.
      write(file, file.endsWith(".js") ? `import "${imports}";\n` : `import type * as it from "${imports}";\n`);
    }
    for (const [file, imports] of GOOD_IMPORTS) write(file, `import "${imports}";\n`);
    report = await cruise(folder, "contract", "server", "cli", "panel");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(BAD_IMPORTS)("$breaks catches $file importing $imports", ({ file, breaks }) => {
    expect(report.summary.violations.filter(({ from }) => from === file).map(({ rule }) => rule.name)).toContain(
      breaks,
    );
  });

  test("imports that break nothing pass", () => {
    const good = new Set(GOOD_IMPORTS.map(([file]) => file));
    expect(describeViolations(report).filter((line) => good.has(line.split(" ")[0] ?? ""))).toEqual([]);
  });

  test("no rule is without an import that proves it works", () => {
    const proven = new Set(BAD_IMPORTS.map(({ breaks }) => breaks));
    expect(report.summary.ruleSetUsed.forbidden.map(({ name }) => name).filter((name) => !proven.has(name))).toEqual(
      [],
    );
  });
});

test("the house itself breaks no boundary, and was really looked at", async () => {
  const report = await cruise(HOUSE, "contract", "server", "cli");
  expect(describeViolations(report)).toEqual([]);
  const seen = report.modules.filter(({ source }) => /^(contract|server|cli)\//.test(source));
  expect(seen.length).toBeGreaterThan(0);
});
