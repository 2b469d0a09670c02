import { globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { ALL_ROUTES, CHAPTERS } from "./all-routes.ts";

const repeated = (values: readonly string[]): string[] => values.filter((value, at) => values.indexOf(value) !== at);

const isRoute = (value: unknown): value is { id: string } =>
  typeof value === "object" && value !== null && "id" in value && "method" in value && "path" in value;

test("every described route is in a chapter, and in one only", async () => {
  const files = globSync("**/*.ts", { cwd: import.meta.dirname, exclude: ["**/*.test.ts"] });
  const modules: object[] = await Promise.all(
    files.map((file) => import(pathToFileURL(join(import.meta.dirname, file)).href)),
  );
  const described = modules.flatMap((module) => Object.values(module).filter(isRoute));
  expect(described.length).toBeGreaterThan(0);
  expect(ALL_ROUTES.map(({ id }) => id).sort()).toEqual(described.map(({ id }) => id).sort());
});

test("no two routes share an id, or a method and a path; no two chapters a title", () => {
  expect(repeated(ALL_ROUTES.map(({ id }) => id))).toEqual([]);
  expect(repeated(ALL_ROUTES.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, "{}")}`))).toEqual([]);
  expect(repeated(CHAPTERS.map(({ title }) => title))).toEqual([]);
});

test("every parameter in a path is described, and no other is", () => {
  const wrong = ALL_ROUTES.filter(({ path, params }) => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    return JSON.stringify(inPath.sort()) !== JSON.stringify(Object.keys(params?.shape ?? {}).sort());
  });
  expect(wrong.map(({ id }) => id)).toEqual([]);
});
