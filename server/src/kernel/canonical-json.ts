/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json };

/**
 * The one text that JSON Canonicalization Scheme (RFC 8785) gives a value: no spaces, the names of an object in the order of their
 * UTF-16 code units, numbers and strings as ECMAScript writes them. Two parties that hash it hash the same bytes.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(",")}}`;
}

/** `Array.isArray` for what JSON can say; the type checker does not see that an object is none. */
export const isList = (value: readonly Json[] | JsonObject): value is readonly Json[] => Array.isArray(value);
