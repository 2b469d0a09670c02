import type { AnnotationsBody, ParametersBody } from "@latchkey/contract/openwhisk/shapes";
import type { z } from "zod";
import { httpErrors } from "../../http/errors.ts";
import type { JsonObject, JsonValue } from "../../runtime/index.ts";
import { malformed } from "../errors.ts";
import type { Annotation } from "../model/annotations.ts";
import type { Parameter } from "../model/parameters.ts";

/** Refuses a request without a body where there has to be one. */
export function requireBody(rawBody: unknown): void {
  if (rawBody === undefined) throw httpErrors.missing_body();
}

/** An invocation's payload: an object, or nothing, which is an empty one. Throws `function.malformed`. */
export function readPayload(rawBody: unknown): JsonObject {
  if (rawBody === undefined) return {};
  if (typeof rawBody !== "object" || rawBody === null || Array.isArray(rawBody)) throw malformed("Object expected");
  return rawBody as JsonObject;
}

/** Far more than anybody nests, and far less than what `JSON.stringify` can still write. */
const DEEPEST = 1000;

/** A value to keep. What came out of a JSON parser is JSON; it has to be possible to write it again. */
function toJson(value: unknown): JsonValue {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) throw malformed("The value is nested too deeply.");
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
  return value as JsonValue;
}

export const toParameters = (body: z.output<typeof ParametersBody> | null | undefined): Parameter[] | null =>
  body?.map(({ key, value, init }) => ({ key, value: toJson(value), init: init === true })) ?? null;

export const toAnnotations = (body: z.output<typeof AnnotationsBody> | null | undefined): Annotation[] | null =>
  body?.map(({ key, value }) => ({ key, value: toJson(value) })) ?? null;
