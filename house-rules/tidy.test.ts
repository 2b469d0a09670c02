import { describe, expect, test } from "vitest";
import { HOUSE } from "./folder.ts";
import { readSources, sourceFile } from "./source.ts";
import { findUntidy, isAbout } from "./tidy.ts";
import { TIDY_RULES } from "./tidy-rules.ts";

const sources = readSources(HOUSE);

test("the whole house is looked at", () => {
  const seen = sources.map(({ path }) => path);
  expect(seen).toEqual(
    expect.arrayContaining([".ci/run", ".gitignore", "CONTRIBUTING.md", "server/src/kernel/clock.ts"]),
  );
});

test("no exemption outlives the file it was made for", () => {
  const files = TIDY_RULES.flatMap(({ allowedIn }) => allowedIn).filter((glob) => !/[*{]/.test(glob));
  expect(files.filter((file) => !sources.some(({ path }) => path === file))).toEqual([]);
});

describe.each(TIDY_RULES)("$because", (rule) => {
  test("stands nowhere but where it belongs", () => {
    expect(sources.flatMap((file) => findUntidy(rule, file)).join("\n")).toBe("");
  });

  const somewhere = ["server/src/audit/service.ts", "server/src/audit/index.test.ts", "server/src/http/error-shape.ts"];
  const path = somewhere.find((file) => isAbout(rule, file)) ?? "";
  const judge = (sample: string) =>
    findUntidy(rule, rule.lookIn === "path" ? sourceFile(sample, "") : sourceFile(path, sample));

  test.each(rule.catches)("catches %s", (sample) => expect(judge(sample)).toHaveLength(1));
  test.each(rule.passes)("lets pass %s", (sample) => expect(judge(sample)).toEqual([]));
});
