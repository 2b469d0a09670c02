import { DEFAULT_PACKAGE, type ProjectFunction } from "../model.ts";
import type { Reach } from "./report.ts";
import type { Target } from "./versions.ts";

/** The address of a function: on the web if it is there, else where a key invokes it. */
export function reachOf({ qualifiedName, name, web }: ProjectFunction, { apiHost, namespace }: Target): Reach {
  const encoded = qualifiedName.split("/").map(encodeURIComponent).join("/");
  if (web === false) {
    const url = `${apiHost}/api/v1/namespaces/${namespace}/actions/${encoded}?blocking=true&result=true`;
    return { kind: "rest", url };
  }
  const path = qualifiedName === name ? `${DEFAULT_PACKAGE}/${encoded}` : encoded;
  return { kind: "web", url: `${apiHost}/api/v1/web/${namespace}/${path}` };
}
