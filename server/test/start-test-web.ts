import type { InjectOptions } from "fastify";
import type { JsonValue } from "../src/runtime/index.ts";
import { createInstantRuntime, outcome } from "./instant-runtime.ts";
import { NAMESPACE, source, startTestFunctions, type TestFunctionsOptions } from "./start-test-functions.ts";

type Requested = Pick<InjectOptions, "method" | "headers" | "payload">;

/**
 * The data plane over a runtime that gives `give`, or what the function is called with, and a call for the web. Paths go on
 * from `/api/v1/web/<namespace>`.
 */
export async function startTestWeb(give?: JsonValue, options: TestFunctionsOptions = {}) {
  const runtime = createInstantRuntime(async (_action, { value }) => {
    const result = give === undefined ? { body: value } : give;
    const failed = typeof result === "object" && result !== null && "error" in result;
    return outcome(result, failed ? { status: "application_error" } : {});
  });
  const t = await startTestFunctions({ runtime, ...options });
  const web = (path: string, requested: Requested = {}) =>
    t.app.inject({ method: "GET", url: `/api/v1/web/${NAMESPACE}${path}`, ...requested });
  /** Puts a function on the web, with these annotations as well. */
  const publish = async (
    name: string,
    annotations: Record<string, JsonValue> = {},
    parameters: Record<string, JsonValue> = {},
  ) => {
    const pairs = (record: Record<string, JsonValue>) => Object.entries(record).map(([key, value]) => ({ key, value }));
    const { status } = await t.put(
      `/_/actions/${name}?overwrite=true`,
      source("1;", { annotations: pairs({ "web-export": true, ...annotations }), parameters: pairs(parameters) }),
    );
    if (status !== 200) throw new Error(`${name} was not deployed: ${status}`);
  };
  await publish("f");
  return { ...t, web, publish };
}
