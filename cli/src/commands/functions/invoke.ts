import { z } from "zod";
import type { DataPlane } from "../../api.ts";
import { defineCommand } from "../../command.ts";
import type { Context } from "../../context.ts";
import { CliError, UsageError } from "../../failure.ts";
import { callFunction, parseFunctionName } from "../../functions.ts";
import { plainJson } from "../../output/plain-text.ts";
import { callOnWeb } from "../../web-call.ts";
import { readParameters } from "./parameters.ts";

export const invoke = defineCommand({
  summary: "Invoke a function and print its result",
  examples: [
    "latchkey functions invoke hello --param name:Ada",
    "latchkey functions invoke billing/send --param-file invoice.json --full",
    ["latchkey functions invoke site/page --web", "as a browser would, without a key"],
    ["latchkey functions invoke billing/send --no-wait", "and ask later: latchkey activations result"],
  ],
  args: { function: { kind: "one", about: "package/function, or function if it is in no package" } },
  options: {
    param: { kind: "texts", short: "p", value: "key:value", about: "a parameter; repeatable, or a list with commas" },
    paramFile: { kind: "text", short: "P", value: "file", about: "JSON file with parameters", completes: "files" },
    full: { kind: "flag", short: "f", about: "print the whole activation record" },
    web: { kind: "flag", about: "call it on the web and print what it answers there" },
    noWait: { kind: "flag", short: "n", about: "do not wait for the result: print the activation's id" },
  },
  async run(context, { args, options }) {
    const fn = parseFunctionName(args.function);
    if (options.web && (options.full || options.noWait)) {
      throw new UsageError("--web excludes --full and --no-wait: on the web there is an answer and nothing else");
    }
    const parameters = (await readParameters(options)) ?? {};
    const dataPlane = await context.dataPlane();
    if (options.web) return invokeOnWeb(context, dataPlane, args.function, parameters);
    const { client } = dataPlane;
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
  show: ({ options }) => ({ text: (body) => (options.web && typeof body === "string" ? body : plainJson(body)) }),
});

async function invokeOnWeb(
  { failAfterwards, say }: Context,
  dataPlane: DataPlane,
  name: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const { status, contentType, body } = await callOnWeb(dataPlane, parseFunctionName(name), parameters);
  say(`${status}${contentType === null ? "" : ` ${contentType}`}`);
  if (status >= 400) {
    failAfterwards(
      new CliError(`the function ${name} answered ${status} on the web`, ["What it logged: latchkey activations logs"]),
    );
  }
  return body;
}

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
