import type { Dialect } from "@latchkey/contract/route";
import { httpErrors } from "./errors.ts";

const JSON_MEDIA_TYPE = /^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * Reads a request body as JSON; undefined when it is empty.
 *
 * The control plane parses whatever the content type says, since `curl -d` sends a form type around JSON
 * (do-functions-api 2.3); the data plane insists on a JSON type (openwhisk-api 1.4).
 */
export function parseJsonBody(dialect: Dialect, contentType: string | undefined, bytes: Buffer | undefined): unknown {
  if (bytes === undefined || bytes.length === 0) return undefined;
  if (dialect === "openwhisk" && !JSON_MEDIA_TYPE.test(contentType ?? "")) throw httpErrors.unsupported_media_type();
  const text = bytes.toString("utf8");
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (dialect === "digitalocean") throw httpErrors.malformed_body({ cause });
    const detail = cause instanceof Error ? cause.message : "not JSON";
    throw httpErrors.malformed_body({ cause, says: `The request content was malformed:\n${detail}` });
  }
}
