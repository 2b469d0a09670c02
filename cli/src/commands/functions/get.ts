import { writeFile } from "node:fs/promises";
import type { ActionShape } from "@latchkey/contract/openwhisk/actions";
import { defineCommand } from "../../command.ts";
import type { Context } from "../../context.ts";
import { CliError } from "../../failure.ts";
import { addressOf, fetchFunction, parseFunctionName } from "../../functions.ts";
import { plainJson } from "../../output/plain-text.ts";

export const get = defineCommand({
  summary: "Show a deployed function: what it is, its code or its address",
  examples: [
    "latchkey functions get billing/send",
    "latchkey functions get billing/send --code",
    "latchkey functions get billing/send --save",
    "latchkey functions get billing/send --url",
  ],
  args: { function: { kind: "one", about: "package/function, or function if it is in no package" } },
  options: {
    url: { kind: "flag", short: "r", about: "print the address to call it at" },
    code: { kind: "flag", about: "print its code" },
    save: { kind: "flag", about: "save its code to a file named like the function" },
    saveAs: { kind: "text", value: "file", about: "save its code to this file", completes: "files" },
  },
  async run(context, { args, options }) {
    const { client, apiHost } = await context.dataPlane();
    const asked = parseFunctionName(args.function);
    const saves = options.save || options.saveAs !== undefined;
    const fn = await fetchFunction(client, asked, { code: saves || options.code });
    if (saves) await saveCode(context, fn, options.saveAs ?? fileName(asked.name, fn));
    return { ...fn, ...(options.url && { url: addressOf(apiHost, fn) }) };
  },
  show: ({ options }) => {
    if (options.save || options.saveAs !== undefined) return "nothing";
    if (options.url) return { text: ({ url }) => url ?? "" };
    return { text: (fn) => (options.code ? readableCode(fn) : plainJson(fn)) };
  },
});

/** Source as it was deployed. */
function readableCode({ exec, name }: ActionShape): string {
  if (!exec.binary) return exec.code ?? "";
  throw new CliError("Binary code cannot be displayed on the console", [
    `Save it: latchkey functions get ${name} --save`,
  ]);
}

const EXTENSIONS: { readonly [family: string]: string } = { nodejs: "js", python: "py", php: "php", go: "go" };

/** `send.js`, or `send.zip` for an archive. Made from the name that was typed: a server's could lead out of the folder. */
function fileName(name: string, { exec }: ActionShape): string {
  const extension = exec.binary ? "zip" : EXTENSIONS[exec.kind.split(":")[0] ?? ""];
  return extension === undefined ? name : `${name}.${extension}`;
}

async function saveCode({ say }: Context, { exec }: ActionShape, file: string): Promise<void> {
  const code = exec.code ?? "";
  try {
    await writeFile(file, exec.binary ? Buffer.from(code, "base64") : code, { flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    throw new CliError(`${file} is there already, and is left as it is`, ["Choose another file: --save-as FILE"]);
  }
  say(`Saved to ${file}`);
}
