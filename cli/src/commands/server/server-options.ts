import type { Option } from "../../command.ts";
import type { OperatorFlags } from "../../operator.ts";

/** Where a server keeps its data: for every command that works on it directly. */
export const dataOption = {
  data: { kind: "text", value: "folder", about: "where everything is kept (or LATCHKEY_DATA)", completes: "folders" },
} as const satisfies Record<string, Option>;

/** The flags that were given. */
export const onlyGiven = (flags: { readonly [Name in keyof OperatorFlags]: string | undefined }): OperatorFlags =>
  Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
