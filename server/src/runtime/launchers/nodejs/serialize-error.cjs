"use strict";
// What a rejection's reason looks like as JSON: as OpenWhisk's Node runtime shows it, whose clients read `message`.

const { isArray } = Array;
const { keys } = Object;
const isBuffer = Buffer.isBuffer;

/** Not enumerable on an Error, so a plain copy would lose them. */
const SHOWN_OF_ERRORS = ["name", "message", "stack", "code"];

/** A copy of `reason` without circles. Plain values stay as they are. */
function serializeError(reason) {
  if (typeof reason === "function") return `[Function: ${reason.name || "anonymous"}]`;
  return typeof reason === "object" && reason !== null ? copyOf(reason, []) : reason;
}

function copyOf(source, ancestors) {
  const copy = isArray(source) ? [] : {};
  const seen = [...ancestors, source];
  for (const key of keys(source)) {
    const value = source[key];
    if (isBuffer(value)) copy[key] = "[object Buffer]";
    else if (typeof value !== "object" || value === null) copy[key] = value;
    else copy[key] = seen.includes(value) ? "[Circular]" : copyOf(value, seen);
  }
  for (const key of SHOWN_OF_ERRORS) {
    if (typeof source[key] === "string") copy[key] = source[key];
  }
  return copy;
}

module.exports = { serializeError };
