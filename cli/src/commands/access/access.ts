import { getAccessHistory } from "@latchkey/contract/access-history";
import type { RouteAnswer } from "@latchkey/contract/route";
import { defineCommand } from "../../command.ts";
import { parseTimestamp, TIME_FORMS } from "../../time.ts";
import { namespaceOfKeys, namespaceOption } from "../key/namespace-of-keys.ts";
import { type AccessRow, CALLER_COLUMNS, DIFFERENCE_COLUMNS } from "./columns.ts";

type History = RouteAnswer<typeof getAccessHistory>["body"];

const NAMESPACE_ID = /^fn-[0-9a-f-]{36}$/;

/** The callers at a time; compared to another one, what is different. */
function rowsOf({ callers, difference }: History): AccessRow[] {
  if (difference === null) return callers.map((caller) => ({ ...caller, change: null }));
  return [
    ...difference.gained.map((caller) => ({ ...caller, change: "gained" as const })),
    ...difference.lost.map((caller) => ({ ...caller, change: "lost" as const })),
    ...difference.changed.flatMap(({ before, after }) => [
      { ...before, change: "was" as const },
      { ...after, change: "is" as const },
    ]),
  ];
}

export const access = defineCommand({
  summary: "Show who could call a namespace, now or at any time before",
  about: `Told from the audit log, for owners of the team. The columns are ${CALLER_COLUMNS.map(({ name }) => name).join(", ")}.`,
  examples: [
    "latchkey access --namespace demo",
    ["latchkey access --namespace demo --at 2026-03-23T09:15:00Z", "who could have done it"],
    ["latchkey access --namespace demo --compared-to 7d", "who gained and who lost access since a week ago"],
  ],
  options: {
    namespace: namespaceOption,
    at: { kind: "text", value: "time", about: `${TIME_FORMS}; now unless given` },
    comparedTo: {
      kind: "text",
      value: "time",
      about: "show what was gained and lost from this time to --at, said in the same way",
    },
  },
  async run(context, { options }) {
    const controlPlane = context.controlPlane();
    // A namespace that was deleted has a past as well, and is found by its id alone.
    const isId = options.namespace !== undefined && NAMESPACE_ID.test(options.namespace);
    const namespace_id = isId ? options.namespace : await namespaceOfKeys(context, controlPlane, options.namespace);
    const now = Date.now();
    const query = {
      at: parseTimestamp(options.at, "at", now),
      compared_to: parseTimestamp(options.comparedTo, "compared-to", now),
    };
    const { body } = await controlPlane.call(getAccessHistory, { params: { namespace_id }, query });
    if (body.difference !== null && rowsOf(body).length === 0) context.say("Nothing is different.");
    return body;
  },
  show: ({ options }) => ({
    columns: options.comparedTo === undefined ? CALLER_COLUMNS : DIFFERENCE_COLUMNS,
    rows: rowsOf,
  }),
});
