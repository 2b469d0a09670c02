import type { Option } from "../../command.ts";

export const cronAbout = "minute, hour, day of month, month, day of week, in UTC; in quotes";

/** What the function is invoked with, in the words of `functions invoke`. */
export const argumentOptions = {
  param: { kind: "texts", short: "p", value: "key:value", about: "a parameter; repeatable, or a list with commas" },
  paramFile: { kind: "text", short: "P", value: "file", about: "JSON file with parameters", completes: "files" },
} as const satisfies Record<string, Option>;
