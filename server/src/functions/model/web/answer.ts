import type { JsonObject, JsonValue } from "../../../runtime/index.ts";
import { functionErrors } from "../../errors.ts";
import type { Activation } from "../activations.ts";
import { isBase64 } from "../exec.ts";
import type { Extension } from "./address.ts";
import { isObject } from "./event.ts";
import { parseHeaders } from "./headers.ts";
import { parseMediaType } from "./media-type.ts";

/** What a web request is answered with. */
export type WebAnswer = {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | null;
};

const MESSAGE = "message/http";
const HTML = "text/html; charset=UTF-8";
/** Statuses whose answers end with their headers (RFC 9110, sections 15.3.5 and 15.4.5). */
const WITHOUT_BODY = [204, 304];

const invalid = (what: string) => functionErrors.web_answer_invalid({ says: `Response is not valid '${what}'.` });
const mismatch = functionErrors.web_answer_mismatch;

/**
 * Makes an answer of what a function gave (openwhisk-api 9.5): of its result, or after an application error of what it called
 * the error. Throws `function.web_*` and nothing else.
 */
export function transcode({ status, result }: Pick<Activation, "status" | "result">, extension: Extension): WebAnswer {
  switch (status) {
    case "success":
      return AS[extension](result);
    case "application_error":
      return AS[extension](isObject(result) ? (result["error"] ?? null) : null);
    case "developer_error":
    case "internal_error":
      throw functionErrors.web_failed();
  }
}

const AS: Readonly<Record<Extension, (value: JsonValue) => WebAnswer>> = {
  http: asMessage,
  json(value) {
    if (typeof value !== "object" || value === null) throw invalid("application/json");
    return answerOf("application/json", JSON.stringify(value));
  },
  html: (value) => asMarkup(value, "html", "text/html", HTML),
  svg: (value) => asMarkup(value, "svg", "image/svg+xml", "image/svg+xml"),
  text(value) {
    const chosen = isObject(value) ? firstOf(value, "body", "text") : value;
    if (chosen === undefined) throw functionErrors.web_property_missing();
    return answerOf("text/plain; charset=UTF-8", typeof chosen === "string" ? chosen : JSON.stringify(chosen, null, 2));
  },
};

const fieldOf = (value: JsonObject, field: string): JsonValue | undefined =>
  Object.hasOwn(value, field) ? value[field] : undefined;

const firstOf = (value: JsonObject, ...fields: string[]): JsonValue | undefined =>
  fieldOf(value, fields.find((field) => Object.hasOwn(value, field)) ?? "");

const answerOf = (contentType: string, text: string): WebAnswer => ({
  status: 200,
  headers: [["content-type", contentType]],
  body: Buffer.from(text),
});

function asMarkup(value: JsonValue, field: string, essence: string, contentType: string): WebAnswer {
  const chosen = isObject(value) ? firstOf(value, "body", field) : value;
  if (typeof chosen !== "string") throw invalid(essence);
  return answerOf(contentType, chosen);
}

/** `{ statusCode, headers, body }`, all of them optional. */
function asMessage(value: JsonValue): WebAnswer {
  if (!isObject(value)) throw invalid(MESSAGE);
  const asked = readStatus(fieldOf(value, "statusCode"));
  const parsed = parseHeaders(fieldOf(value, "headers"));
  if (asked === undefined || parsed === undefined) throw invalid(MESSAGE);
  const { contentType, headers } = parsed;
  const body = fieldOf(value, "body") ?? "";
  if (body === "") return { status: asked ?? 204, headers, body: null };
  const status = asked ?? 200;
  const content = typeof body === "string" ? ofText(body, contentType) : ofJson(body, contentType);
  if (WITHOUT_BODY.includes(status)) return { status, headers, body: null };
  return { status, headers: [...headers, ["content-type", content.type]], body: content.bytes };
}

/** Null where none is asked for, undefined for what is no status of a final answer (RFC 9110, section 15). */
function readStatus(value: JsonValue | undefined): number | null | undefined {
  if (value === undefined) return null;
  const status = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined;
}

type Content = { readonly type: string; readonly bytes: Uint8Array };

function ofText(text: string, contentType: string | null): Content {
  const type = parseMediaType(contentType ?? HTML);
  if (type === undefined) throw functionErrors.web_answer_untyped();
  // Functions give pictures as base64, and an SVG also as the text it is; the legacy rule for JSON is OpenWhisk's.
  const mayBeEither = type.isJson || type.essence === "image/svg+xml";
  if (type.isText && !(mayBeEither && isBase64(text))) return { type: type.asUtf8, bytes: Buffer.from(text) };
  const bytes = decodeBase64(text.trim());
  if (bytes === undefined) throw mismatch();
  return { type: contentType ?? HTML, bytes };
}

function ofJson(value: JsonValue, contentType: string | null): Content {
  const type = parseMediaType(contentType ?? "application/json");
  if (type === undefined) throw functionErrors.web_answer_untyped();
  if (!type.isJson) throw mismatch();
  return { type: contentType ?? "application/json", bytes: Buffer.from(JSON.stringify(value)) };
}

/** Padding may be left out, as it may for OpenWhisk. */
function decodeBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.replace(/=+$/, "").length % 4 === 1) return undefined;
  return Buffer.from(text, "base64");
}
