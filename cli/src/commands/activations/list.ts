import type { ActivationSummaryShape } from "@latchkey/contract/openwhisk/activations";
import { activatedFunction, countActivations, fetchActivations } from "../../activations.ts";
import { defineCommand } from "../../command.ts";
import { UsageError } from "../../failure.ts";
import { annotation } from "../../functions.ts";
import { plainJson } from "../../output/plain-text.ts";
import { readableInstant } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";
import { parseTime, TIME_FORMS } from "../../time.ts";
import { limitOption, skipOption } from "./selection-options.ts";

type Activation = ActivationSummaryShape;
const STATUS = ["success", "application error", "developer error", "system error"];

const note = ({ annotations }: Activation, key: string): unknown => annotation(annotations, key);
const milliseconds = (value: unknown): string => (typeof value === "number" ? `${value}ms` : "");

/** doctl's columns. */
const COLUMNS: readonly Column<Activation>[] = [
  { name: "Datetime", heading: "Datetime", cell: ({ start }) => readableInstant(start) },
  // A trigger has none: it was fired, and that is all.
  { name: "Status", heading: "Status", cell: ({ statusCode = 0 }) => STATUS[statusCode] ?? "unknown" },
  { name: "Kind", heading: "Kind", cell: (activation) => String(note(activation, "kind") ?? "") },
  { name: "Version", heading: "Version", cell: ({ version }) => version },
  { name: "ActivationId", heading: "Activation ID", cell: ({ activationId }) => activationId },
  {
    name: "Start",
    heading: "Start",
    cell: (activation) => (note(activation, "initTime") === undefined ? "warm" : "cold"),
  },
  { name: "Wait", heading: "Wait", cell: (activation) => milliseconds(note(activation, "waitTime")) },
  { name: "Duration", heading: "Duration", cell: ({ duration }) => milliseconds(duration) },
  { name: "Function", heading: "Function", cell: activatedFunction },
];

export const list = defineCommand({
  summary: "List what was invoked, newest first",
  aliases: ["ls"],
  examples: [
    "latchkey activations list",
    "latchkey activations list billing/send --limit 5 --full",
    ["latchkey activations list --function billing/send --since 30m", "of the last half hour"],
  ],
  args: { function: { kind: "maybe", about: "only those of this function" } },
  options: {
    function: { kind: "text", value: "function", about: "the same" },
    last: { kind: "flag", about: "only the newest" },
    limit: limitOption("l"),
    skip: skipOption,
    since: { kind: "text", value: "time", about: `started at this time or later: ${TIME_FORMS}` },
    upto: { kind: "text", value: "time", about: "started at this time or earlier, likewise" },
    count: { kind: "flag", about: "say only how many there are" },
    full: { kind: "flag", short: "f", about: "print whole records" },
  },
  async run(context, { args, options }) {
    const { skip, last } = options;
    const name = options.function ?? args.function;
    if (args.function !== undefined && name !== args.function) {
      throw new UsageError("a function is named twice, and not the same one");
    }
    const now = Date.now();
    const since = parseTime(options.since, "since", now);
    const upto = parseTime(options.upto, "upto", now);
    const selection = { name, limit: last ? 1 : options.limit, skip, since, upto };
    const { client } = await context.dataPlane();
    return options.count
      ? { activations: await countActivations(client, selection) }
      : fetchActivations(client, selection, { whole: options.full });
  },
  show: ({ options }) => {
    if (options.count) {
      return {
        text: (data) =>
          `There are ${"activations" in data ? data.activations : data.length} activations in this namespace.`,
      };
    }
    return options.full
      ? { text: plainJson }
      : { columns: COLUMNS, rows: (data) => ("activations" in data ? [] : data) };
  },
});
