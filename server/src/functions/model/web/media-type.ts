/** A content type, as far as it decides what becomes of a body. */
export type MediaType = {
  /** `type/subtype`, lower-case. */
  readonly essence: string;
  readonly isJson: boolean;
  /** Whether bodies of it are text; those of all other types are base64 in a function's hands. */
  readonly isText: boolean;
  /** The same type, saying that it is sent as UTF-8. */
  readonly asUtf8: string;
};

/** RFC 9110, section 8.3.1. */
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const VALUE = `(?:${TOKEN}|"(?:[^"\\\\\\x00-\\x1f\\x7f]|\\\\[\\x20-\\x7e])*")`;
const MEDIA_TYPE = new RegExp(`^[ \\t]*(${TOKEN}/${TOKEN})((?:[ \\t]*;[ \\t]*${TOKEN}=${VALUE})*)[ \\t]*;?[ \\t]*$`);
const CHARSET = new RegExp(`[ \\t]*;[ \\t]*charset=${VALUE}`, "i");
const UTF8 = /charset="?utf-8"?/i;
/** Characters; whoever writes more means no type. */
const LONGEST = 1000;
const JSON_FAMILY = /^(?:application\/json|.+\+json)$/;
const TEXT_FAMILY =
  /^(?:text\/.+|.+\+(?:json|xml|yaml)|application\/(?:json|xml|yaml|x-yaml|toml|graphql|javascript|x-javascript|ecmascript|x-ndjson|json-seq|sql|x-sh|x-www-form-urlencoded))$/;

/** Undefined for what is no content type. */
export function parseMediaType(text: string): MediaType | undefined {
  const [, type, parameters = ""] = (text.length <= LONGEST && MEDIA_TYPE.exec(text)) || [];
  if (type === undefined) return undefined;
  const essence = type.toLowerCase();
  const isJson = JSON_FAMILY.test(essence);
  return {
    essence,
    isJson,
    isText: TEXT_FAMILY.test(essence) || CHARSET.test(parameters),
    // JSON is UTF-8 and has no charset parameter (RFC 8259, section 11).
    asUtf8: UTF8.test(parameters)
      ? text
      : `${type}${parameters.replace(CHARSET, "")}${isJson ? "" : "; charset=UTF-8"}`,
  };
}
