import { type NamespaceId, parseNamespaceId } from "../../../namespaces/index.ts";
import { functionErrors } from "../../errors.ts";
import { type EntityKey, parseEntityName } from "../names.ts";

/** What an answer is made into, by the ending of the function's name in the address. */
export type Extension = "http" | "json" | "html" | "svg" | "text";

/** What the address of a web request names. */
export type WebAddress = {
  readonly key: EntityKey;
  readonly extension: Extension;
  /** What follows the function's name, not decoded: empty, or a slash and more. */
  readonly rest: string;
};

const ENDING = /^(.+)\.(http|json|html|svg|text)$/s;
/** `/api/v1/web/`, in segments. */
const SEGMENTS_BEFORE = 4;
const NO_PACKAGE = "default";

/**
 * Reads `/api/v1/web/{namespace}/{package|default}/{action}[.ext][/rest]` (openwhisk-api 9.1). Throws
 * `function.web_address_incomplete`, and `function.not_found` for what nothing can be called.
 */
export function parseWebAddress(path: string): WebAddress {
  const [namespace, packageName, action, ...rest] = path.split("/").slice(SEGMENTS_BEFORE);
  if (!namespace || !packageName || !action) throw functionErrors.web_address_incomplete();
  const [, name = decode(action), extension = "http"] = ENDING.exec(decode(action)) ?? [];
  return {
    key: {
      namespaceId: requireNamespaceId(decode(namespace)),
      packageName: decode(packageName) === NO_PACKAGE ? "" : nameOrNothing(decode(packageName)),
      name: nameOrNothing(name),
    },
    extension: extension as Extension,
    rest: rest.map((segment) => `/${segment}`).join(""),
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw functionErrors.not_found({ cause });
  }
}

function requireNamespaceId(text: string): NamespaceId {
  const id = parseNamespaceId(text);
  if (id === undefined) throw functionErrors.not_found();
  return id;
}

/** To a stranger an illegal name is one that nothing has. */
function nameOrNothing(text: string): EntityKey["name"] {
  try {
    return parseEntityName(text);
  } catch (cause) {
    throw functionErrors.not_found({ cause });
  }
}
