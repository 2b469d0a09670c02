import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { exportAuditLog } from "@latchkey/contract/audit";
import { defineCommand } from "../../command.ts";
import { parseTimestamp } from "../../time.ts";
import { spanOptions } from "./span-options.ts";

export const exportLog = defineCommand({
  summary: "Export the audit log, to be kept elsewhere or read by other programs",
  about: `Only owners of the team may. JSON Lines can be verified by whoever has the file: see latchkey audit verify. CSV is for spreadsheets and
cannot be verified. What was done between two times is exported without a gap, so that a part can be verified, too.`,
  examples: [
    ["latchkey audit export --file audit.jsonl", "all of it, with what is needed to verify it"],
    "latchkey audit export --as csv --since 30d --file audit.csv",
    "latchkey audit export --since 24h",
  ],
  options: {
    as: { kind: "text", value: "form", about: "jsonl unless said, or csv", choices: ["jsonl", "csv"] },
    ...spanOptions,
    file: { kind: "text", value: "file", about: "where to write it; printed unless said", completes: "files" },
  },
  async run(context, { options }) {
    const now = Date.now();
    const query = {
      format: options.as === "csv" ? ("csv" as const) : ("jsonl" as const),
      since: parseTimestamp(options.since, "since", now),
      until: parseTimestamp(options.until, "until", now),
    };
    const pieces = await context.controlPlane().stream(exportAuditLog, { query });
    if (options.file === undefined) {
      await context.pour(pieces);
      return { file: null };
    }
    await writeWhole(options.file, pieces);
    context.say(`Exported to ${options.file}.`);
    return { file: options.file };
  },
  show: "nothing",
});

/** All of it or nothing, and for nobody else to read. */
async function writeWhole(file: string, pieces: AsyncIterable<string>): Promise<void> {
  const draft = `${file}.part`;
  try {
    await pipeline(pieces, createWriteStream(draft, { mode: 0o600 }));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
