import { unreachable } from "@latchkey/contract/client-errors";
import type { DataPlane } from "./api.ts";
import { CliError } from "./failure.ts";
import { addressOf, annotation, type FunctionName, fetchFunction, isOnWeb } from "./functions.ts";

/** What a function answered on the web; `body` is JSON if it says so, else text. */
export type WebAnswer = { readonly status: number; readonly contentType: string | null; readonly body: unknown };

/**
 * Calls a function as the public does, without the key: with its parameters as a JSON body, or none with GET. The key only finds out
 * where that is. A redirect is an answer like any other.
 * @throws CliError for a function that is not on the web, or wants an access key there
 */
export async function callOnWeb(
  { client, apiHost }: DataPlane,
  fn: FunctionName,
  parameters: Readonly<Record<string, unknown>>,
): Promise<WebAnswer> {
  const stored = await fetchFunction(client, fn, { code: false });
  if (!isOnWeb(stored)) {
    throw new CliError(`the function ${stored.name} is not on the web`, [
      "Invoke it with your key: leave --web away",
      "Or put it there: `web: true` in project.yml, then latchkey deploy",
    ]);
  }
  const secret = annotation(stored.annotations, "require-whisk-auth");
  if (secret === true) {
    throw new CliError(`the function ${stored.name} asks for an access key on the web`, [
      "Invoke it with your key: leave --web away",
    ]);
  }
  const hasParameters = Object.keys(parameters).length > 0;
  const headers = new Headers();
  if (hasParameters) headers.set("content-type", "application/json");
  if (typeof secret === "string" || typeof secret === "number") headers.set("x-require-whisk-auth", String(secret));
  const request = {
    method: hasParameters ? "POST" : "GET",
    headers,
    redirect: "manual",
    body: hasParameters ? JSON.stringify(parameters) : null,
  } as const;
  try {
    const response = await fetch(addressOf(apiHost, stored), request);
    const contentType = response.headers.get("content-type");
    return { status: response.status, contentType, body: read(contentType, await response.text()) };
  } catch (thrown) {
    throw unreachable(apiHost, thrown);
  }
}

function read(contentType: string | null, text: string): unknown {
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType ?? "")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
