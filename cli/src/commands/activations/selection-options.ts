import { LIST_LIMIT_MAX } from "@latchkey/contract/openwhisk/queries";
import type { Option } from "../../command.ts";

/** `--function` and `--last` of the commands that show one activation. */
export const oneActivation = {
  function: { kind: "text", short: "f", value: "function", about: "the newest of this function" },
  last: { kind: "flag", short: "l", about: "the newest of all, as without an id" },
} as const satisfies Record<string, Option>;

/** `--limit` and `--skip`, the limit with a letter of its own in each command. */
export const limitOption = <const Short extends string>(short: Short) =>
  ({
    kind: "count",
    short,
    value: "limit",
    max: LIST_LIMIT_MAX,
    about: `how many, ${LIST_LIMIT_MAX} at most`,
  }) as const;

export const skipOption = {
  kind: "count",
  short: "s",
  value: "skip",
  about: "how many of the newest to leave out",
} as const;
