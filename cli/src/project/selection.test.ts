import { describe, expect, test } from "vitest";
import { createSelection } from "./selection.ts";

const functions = ["a/x", "a/y", "b/x", "default/z"];
const selected = (include?: string, exclude?: string): string[] => {
  const { hasFunction } = createSelection(include, exclude);
  return functions.filter((qualified) => {
    const [pkg = "", name = ""] = qualified.split("/");
    return hasFunction(pkg, name);
  });
};

describe("--include and --exclude", () => {
  test.each([
    { include: undefined, exclude: undefined, left: functions },
    { include: "a", exclude: undefined, left: ["a/x", "a/y"] },
    { include: "a/", exclude: undefined, left: ["a/x", "a/y"] },
    { include: "a/x, default", exclude: undefined, left: ["a/x", "default/z"] },
    { include: "a", exclude: "a/y", left: ["a/x"] },
    { include: undefined, exclude: "a", left: ["b/x", "default/z"] },
    { include: undefined, exclude: "a/x,b/", left: ["a/y", "default/z"] },
    { include: "a/x", exclude: "a", left: ["a/x"] },
    { include: "a", exclude: "a", left: [] },
    { include: "web", exclude: undefined, left: [] },
    { include: undefined, exclude: "web", left: functions },
    { include: "", exclude: "", left: functions },
    { include: "x", exclude: undefined, left: [] },
  ])("include $include, exclude $exclude leave $left", ({ include, exclude, left }) => {
    expect(selected(include, exclude)).toEqual(left);
  });

  test.each([
    { include: "a/x", exclude: undefined, name: "a", there: true },
    { include: "a/x", exclude: undefined, name: "b", there: false },
    { include: "ab/x", exclude: undefined, name: "a", there: false },
    { include: undefined, exclude: "a/x", name: "a", there: true },
    { include: undefined, exclude: "a", name: "a", there: false },
  ])("with include $include and exclude $exclude, package $name is in: $there", ({ include, exclude, name, there }) => {
    expect(createSelection(include, exclude).hasPackage(name)).toBe(there);
  });

  test("everything is everything only without either", () => {
    const whole = [
      createSelection(undefined, undefined),
      createSelection("a", ""),
      createSelection("", "a"),
      createSelection("", "web"),
    ];
    expect(whole.map(({ everything }) => everything)).toEqual([true, false, false, true]);
  });

  test("words that nothing answers to are named", () => {
    const packages = [{ name: "a", functions: ["x"] }];
    expect(createSelection("a/x,a/q,web", "a,c/").unmatched(packages)).toEqual(["a/q", "c"]);
  });
});
