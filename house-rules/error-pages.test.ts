import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { HOUSE } from "./folder.ts";

type Entry = { readonly code: string; readonly status: number; readonly says: string };

const isEntry = (value: unknown): value is Entry => typeof value === "function" && "code" in value && "says" in value;

/** Every error of every catalogue in the server, whatever its file exports them as. */
async function readCatalogues(): Promise<Entry[]> {
  const files = globSync("server/src/**/errors{.ts,/*.ts}", { cwd: HOUSE });
  const modules: object[] = await Promise.all(files.map((file) => import(pathToFileURL(join(HOUSE, file)).href)));
  const exported = modules.flatMap((module) => Object.values(module));
  return exported
    .flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []))
    .filter(isEntry);
}

const pages = globSync("docs/errors/*.md", { cwd: HOUSE }).filter((file) => basename(file) !== "README.md");
let entries: Entry[];

beforeAll(async () => {
  entries = await readCatalogues();
});

test("no two errors share a code", () => {
  expect(entries.length).toBeGreaterThan(0);
  const codes = entries.map(({ code }) => code);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

test("every error has a page, docs/errors/<code>.md", () => {
  const written = pages.map((file) => basename(file, ".md"));
  expect(entries.map(({ code }) => code).filter((code) => !written.includes(code))).toEqual([]);
});

test("no page tells of an error that does not exist", () => {
  const codes = entries.map(({ code }) => code);
  expect(pages.filter((file) => !codes.includes(basename(file, ".md")))).toEqual([]);
});

test("a page opens with the code, and gives the status and the sentence that callers get", () => {
  const wrong = entries.flatMap(({ code, status, says }) => {
    const page = pages.find((file) => basename(file, ".md") === code);
    if (page === undefined) return [];
    const text = readFileSync(join(HOUSE, page), "utf8");
    const right = text.startsWith(`# ${code}\n`) && text.includes(`\`${status}\``) && text.includes(says);
    return right ? [] : [`${page} should begin "# ${code}" and contain \`${status}\` and: ${says}`];
  });
  expect(wrong).toEqual([]);
});

test("the index leads to every page", () => {
  const index = readFileSync(join(HOUSE, "docs/errors/README.md"), "utf8");
  expect(pages.map((file) => basename(file)).filter((name) => !index.includes(`](${name})`))).toEqual([]);
});
