import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { deployFolder } from "../../../test/deploy-folder.ts";
import { fakeNamespace } from "../../../test/fake-namespace.ts";
import { tempFolder, writeFiles } from "../../../test/temp-folder.ts";
import { readProject } from "../read-project.ts";
import { initProject } from "./init-project.ts";
import { parseSampleLanguage, SAMPLE_LANGUAGES } from "./samples.ts";

describe.each(SAMPLE_LANGUAGES)("the %s sample", (language) => {
  test("is written into a new folder and reads without a problem or a warning", async () => {
    const folder = join(await tempFolder(), "new", "project");
    const written = await initProject(folder, { language });
    expect(written).toContain("project.yml");
    const project = await readProject(folder, { environment: {} });
    expect(project.packages.map(({ name, functions }) => [name, functions.map((fn) => fn.name)])).toEqual([
      ["sample", ["hello"]],
    ]);
    expect([project.warnings, project.strays]).toEqual([[], []]);
  });

  test("does not disturb a folder that has other things in it", async () => {
    const folder = await tempFolder({ "README.md": "mine", ".git/config": "" });
    await initProject(folder, { language });
    expect(await readFile(join(folder, "README.md"), "utf8")).toBe("mine");
  });

  test("replaces nothing: one file in the way and nothing is written", async () => {
    const folder = await tempFolder({ "project.yml": "mine", ".gitignore": "mine" });
    await expect(initProject(folder, { language })).rejects.toThrow(
      `Nothing was written to '${folder}' because .gitignore, project.yml already exist there`,
    );
    expect((await readdir(folder)).sort()).toEqual([".gitignore", "project.yml"]);
    expect(await readFile(join(folder, "project.yml"), "utf8")).toBe("mine");
  });
});

test("the JavaScript sample is deployed as one text that greets", async () => {
  const folder = await tempFolder();
  await initProject(folder, { language: "javascript" });
  const server = fakeNamespace();
  expect((await deployFolder(folder, server)).report.ok).toBe(true);
  const exec = server.actions.get("sample/hello")?.body.exec;
  if (!exec || !("code" in exec)) throw new Error("expected code");
  const exports: { main?: (event: object, context: object) => Promise<{ body: string }> } = {};
  new Function("exports", "console", exec.code)(exports, { log: () => undefined });
  expect(await exports.main?.({ greeting: "Hello" }, {})).toEqual({ body: "Hello, stranger!" });
});

test("the TypeScript sample is compiled and deployed as what the compiler made", { timeout: 60_000 }, async () => {
  const folder = await tempFolder();
  await initProject(folder, { language: "typescript" });
  // The compiler of this checkout: what is tried is the sample, not the registry.
  const manifest = join(folder, "packages/sample/hello/package.json");
  const own = (name: string): string => `file:${join(import.meta.dirname, "../../../../node_modules", name)}`;
  const { devDependencies, ...rest } = JSON.parse(await readFile(manifest, "utf8"));
  const linked = Object.fromEntries(Object.keys(devDependencies).map((name) => [name, own(name)]));
  await writeFiles(folder, {
    "packages/sample/hello/package.json": JSON.stringify({ ...rest, devDependencies: linked }),
  });

  const server = fakeNamespace();
  const { PATH, HOME } = process.env;
  const { report, results } = await deployFolder(folder, server, {
    environment: { PATH, HOME, npm_config_offline: "true" },
  });
  expect([results, report.ok]).toEqual([expect.anything(), true]);
  expect(server.actions.get("sample/hello")?.body.exec).toMatchObject({ kind: "nodejs:default", binary: true });
});

test.each([
  { text: "js", language: "javascript" },
  { text: "NodeJS", language: "javascript" },
  { text: "TypeScript", language: "typescript" },
  { text: "ts", language: "typescript" },
  { text: "cobol", language: undefined },
  { text: "constructor", language: undefined },
])("$text is the sample for $language", ({ text, language }) => {
  expect(parseSampleLanguage(text)).toBe(language);
});
