import { listAuditEntries } from "@latchkey/contract/audit";
import { defineCommand } from "../../command.ts";
import { parseTimestamp } from "../../time.ts";
import { ENTRY_COLUMNS } from "./columns.ts";
import { spanOptions } from "./span-options.ts";

export const list = defineCommand({
  summary: "List what was done in the team, newest first",
  about: `Only owners of the team may. More than is shown can be asked for; the columns are ${ENTRY_COLUMNS.map(({ name }) => name).join(", ")}.`,
  aliases: ["ls"],
  examples: [
    "latchkey audit list --since 7d",
    ["latchkey audit list --verb access_key.* --outcome refused", "all about access keys that was tried in vain"],
    ["latchkey audit list --key dof_v1_4b0d3a0c5f0e4f6f9c6a1d2e3f405162", "what was done with a key"],
    "latchkey audit list --format At,Actor,Verb,Target,Address,Details",
  ],
  options: {
    actor: { kind: "text", value: "id", about: "only what this person or service identity did" },
    key: { kind: "text", value: "id", about: "only what was done with this access key, token or session" },
    target: { kind: "text", value: "id", about: "only what was done to this" },
    verb: { kind: "text", value: "verb", about: "only this, such as access_key.create, or access_key.*" },
    outcome: { kind: "text", value: "outcome", about: "only what was done, or refused", choices: ["done", "refused"] },
    ...spanOptions,
    limit: { kind: "count", value: "n", about: "how many at most; 100 unless said", max: 1000 },
    cursor: { kind: "text", value: "cursor", about: "go on where a list ended: what it said then" },
  },
  async run(context, { options }) {
    const { actor, key, target, verb, outcome, cursor, limit } = options;
    const now = Date.now();
    const query = {
      ...{ actor, key, target, verb, cursor },
      ...(outcome === "done" || outcome === "refused" ? ({ outcome } as const) : {}),
      since: parseTimestamp(options.since, "since", now),
      until: parseTimestamp(options.until, "until", now),
      limit: limit?.toString(),
    };
    const { body } = await context.controlPlane().call(listAuditEntries, { query });
    if (body.next_cursor !== null) context.say(`There is more. To go on, add: --cursor ${body.next_cursor}`);
    return body;
  },
  show: { columns: ENTRY_COLUMNS, rows: ({ entries }) => entries },
});
