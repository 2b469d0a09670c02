import type { Credential, Dialect } from "@latchkey/contract/route";
import type { HTTPMethods } from "fastify";
import type { BoundRoute } from "./call.ts";

/** Methods for which every described path answers, if only with 405. */
export const METHODS: readonly HTTPMethods[] = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"];

/** In whose words an address is refused. */
export const dialectOf = (url: string): Dialect => (/^\/(api\/v1)?(\/|\?|$)/.test(url) ? "openwhisk" : "digitalocean");

/** `/a/{b}/c` in the contract is `/a/:b/c` to Fastify. */
export const toFastifyPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ":$1");

/**
 * Clients are given `<public url>/<segment>.co` as API host, since doctl rewrites whatever follows the last dot to `co`
 * (do-functions-api 3.4). The data plane is served below that segment and at the root alike. Through a proxy the target
 * arrives in absolute form.
 */
export function withoutApiHostSegment(url: string): string {
  if (url.startsWith("/api/") || url.startsWith("/v2/")) return url;
  const path = url.replace(/^https?:\/\/[^/?]*/i, "");
  const rest = path.replace(/^\/[^/?]*\.co(?=\/|\?|$)/, "");
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** What is described for each path, so that the other methods can be answered with 405. */
export function methodsByPath(
  routes: readonly BoundRoute[],
): Map<string, { methods: string[]; credential: Credential; dialect: Dialect }> {
  const paths = new Map<string, { methods: string[]; credential: Credential; dialect: Dialect }>();
  for (const { route } of routes) {
    const known = paths.get(route.path);
    if (known === undefined) {
      paths.set(route.path, { methods: [route.method], credential: route.credential, dialect: route.dialect });
    } else known.methods.push(route.method);
  }
  return paths;
}
