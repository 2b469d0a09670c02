import { createReadStream } from "node:fs";
import { type AuditVerificationShape, verifyAuditLog } from "@latchkey/contract/audit";
import { defineCommand } from "../../command.ts";
import type { Context } from "../../context.ts";
import { CliError, UsageError } from "../../failure.ts";
import type { CheckedExport } from "../../operator.ts";

type Checked = { readonly verification: AuditVerificationShape; readonly export?: CheckedExport["export"] };

export const verify = defineCommand({
  summary: "Check that nothing in the audit log was changed, taken out or put in",
  about: `Asks the server to check its own log, which owners of the team may. With --file it checks an export instead, without any server: anybody may
who has the file. Say with --public-key which key must have signed it; whoever can replace the file can replace the key in it.`,
  examples: [
    "latchkey audit verify",
    "latchkey audit verify --file audit.jsonl",
    "latchkey audit verify --file audit.jsonl --public-key MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
  ],
  options: {
    file: { kind: "text", value: "file", about: "check this export as JSON Lines", completes: "files" },
    publicKey: { kind: "text", value: "key", about: "the key that must have signed it: see latchkey audit key" },
  },
  async run(context, { options: { file, publicKey } }) {
    if (file === undefined && publicKey !== undefined) throw new UsageError("--public-key is for checking a --file");
    const checked: Checked =
      file === undefined
        ? (await context.controlPlane().call(verifyAuditLog)).body
        : await checkFile(context, file, publicKey ?? null);
    const { problem } = checked.verification;
    const line = checked.export?.line ?? null;
    if (problem !== null) {
      context.failAfterwards(
        new CliError(`${problem.message}${line === null ? "" : ` (line ${line} of ${file})`}`, [
          "Keep everything as it is, and compare it with an export that was kept elsewhere",
        ]),
      );
    }
    return checked;
  },
  show: { text: describe },
});

async function checkFile(context: Context, file: string, publicKey: string | null): Promise<CheckedExport> {
  const operator = await context.loadOperator();
  const checked = await operator.verifyAuditExport(createReadStream(file, "utf8"), { publicKey });
  if (publicKey === null) {
    context.warn(
      `The key in the file was believed. Compare it with the one you know, or pass that with --public-key: ${checked.export.public_key}`,
    );
  }
  return checked;
}

function describe({ verification, export: exported }: Checked): string {
  const { entries, checkpoints, start, end, problem, key_id } = verification;
  const what = exported === undefined ? "The audit log" : `The export of ${exported.at}`;
  const which = `${counted(entries, "entry", "entries")}${entries === 0 ? "" : `, from ${(start.seq ?? 0) + 1} to ${end.seq}`}`;
  const signed = `${counted(checkpoints, "checkpoint", "checkpoints")}, signed with key ${key_id}`;
  if (problem !== null) return `${what} is NOT in order. What is: ${which}; ${signed}.`;
  return `${what} is in order: ${which}; ${signed}.${exported?.is_part === true ? " It is a part of the log." : ""}`;
}

const counted = (count: number, one: string, many: string): string =>
  count === 0 ? `no ${one}` : `${count} ${count === 1 ? one : many}`;
