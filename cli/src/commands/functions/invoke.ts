import { z } from "zod";
import { defineCommand } from "../../command.ts";
import { CliError } from "../../failure.ts";
import { callFunction, parseFunctionName } from "../../functions.ts";
import { plainJson } from "../../output/plain-text.ts";
import { parseParameters, readParameterFile } from "./parameters.ts";

export const invoke = defineCommand({
  summary: "Invoke a function and print its result",
  examples: [
    "latchkey functions invoke hello --param name:Ada",
    "latchkey functions invoke billing/send --param-file invoice.json --full",
    ["latchkey functions invoke billing/send --no-wait", "and ask later: latchkey activations result"],
  ],
  args: { function: { kind: "one", about: "package/function, or function if it is in no package" } },
  options: {
    param: { kind: "texts", short: "p", value: "key:value", about: "a parameter; repeatable, or a list with commas" },
    paramFile: { kind: "text", short: "P", value: "file", about: "JSON file with parameters", completes: "files" },
    full: { kind: "flag", short: "f", about: "print the whole activation record" },
    noWait: { kind: "flag", short: "n", about: "do not wait for the result: print the activation's id" },
  },
  async run(context, { args, options }) {
    const fn = parseFunctionName(args.function);
    const file = options.paramFile === undefined ? {} : await readParameterFile(options.paramFile);
    const parameters = { ...file, ...parseParameters(options.param) };
    const { client } = await context.dataPlane();
    const blocking = !options.noWait;
    const answer = await callFunction(client, fn, { blocking, result: !options.full, parameters });
    const activation = answer.headers.get("x-openwhisk-activation-id");
    if (answer.status === 202 && blocking) {
      context.say(`${args.function} is still running. Its result later: latchkey activations result ${activation}`);
    }
    if (answer.status >= 500) {
      context.failAfterwards(
        new CliError(`the function ${args.function} failed${reason(answer.body)}`, [
          `What it logged: latchkey activations logs ${activation}`,
        ]),
      );
    }
    return answer.body;
  },
  show: { text: plainJson },
});

const REASON_LENGTH_MAX = 200;
const WithError = z.object({ error: z.unknown() });
/** A record, or a result alone. */
const Failure = z.union([z.object({ response: z.object({ result: WithError }) }), WithError]);

/** What the function says went wrong, so that it is told even where its result goes to a file. */
function reason(body: unknown): string {
  const { data } = Failure.safeParse(body);
  const error = data === undefined ? undefined : "response" in data ? data.response.result.error : data.error;
  if (error === undefined) return "";
  const text = typeof error === "string" ? error : JSON.stringify(error);
  return `: ${text.length > REASON_LENGTH_MAX ? `${text.slice(0, REASON_LENGTH_MAX)}…` : text}`;
}
