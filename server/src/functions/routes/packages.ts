import {
  deletePackage,
  getPackage,
  listPackages,
  type PutPackageBody,
  putPackage,
} from "@latchkey/contract/openwhisk/packages";
import type { z } from "zod";
import { type BoundRoute, implement } from "../../http/call.ts";
import type { NamespaceId, NamespacePrincipal } from "../../namespaces/index.ts";
import { keyAnywhere, keyIn } from "../model/access.ts";
import { type EntityKey, namespaceNamed } from "../model/names.ts";
import type { Functions } from "../service/functions.ts";
import type { PackageChange } from "../service/packages.ts";
import { requireBody, toAnnotations, toParameters } from "./bodies.ts";
import { collection, countAfter } from "./collections.ts";
import { toContent, toPackage, toPackageSummary } from "./entity-shapes.ts";

type OnPackage = {
  readonly caller: NamespacePrincipal;
  readonly params: { readonly namespace: string; readonly name: string };
};
const keyOf = ({ caller, params }: OnPackage): EntityKey => keyIn(caller, params.namespace, "", params.name);
/** The namespace whose shared packages are asked for; null for the caller's own. */
const otherNamespace = (caller: NamespacePrincipal, namespace: string): NamespaceId | null =>
  namespace === "_" || namespace === caller.namespaceId ? null : namespaceNamed(namespace);

export function packageRoutes({ packages }: Pick<Functions, "packages">): BoundRoute[] {
  return [
    ...collection(
      implement<NamespacePrincipal, typeof listPackages>(listPackages, async ({ caller, params, query }) => {
        const other = otherNamespace(caller, params.namespace);
        if (query.count) {
          const count = other === null ? packages.count(caller) : packages.countShared(caller, other);
          return { status: 200, body: { packages: countAfter(query.skip, await count) } };
        }
        const listed = other === null ? packages.list(caller, query) : packages.listShared(caller, other, query);
        return { status: 200, body: (await listed).map(toPackageSummary) };
      }),
    ),
    implement<NamespacePrincipal, typeof getPackage>(getPackage, async (call) => {
      const { caller, params } = call;
      const shown = await packages.get(caller, keyAnywhere(caller, params.namespace, "", params.name));
      const actions = shown.actions.map(toContent);
      const feeds = shown.feeds.map(toContent);
      return { status: 200, body: { ...toPackage(shown.package, shown.parameters), actions, feeds } };
    }),
    implement<NamespacePrincipal, typeof putPackage>(putPackage, async (call) => {
      const key = keyOf(call);
      requireBody(call.rawBody);
      const cause = { caller: call.caller, origin: call };
      const stored = await packages.put(cause, key, toChange(call.body()), call.query.overwrite);
      return { status: 200, body: toPackage(stored, stored.parameters) };
    }),
    implement<NamespacePrincipal, typeof deletePackage>(deletePackage, async (call) => {
      const deleted = await packages.delete({ caller: call.caller, origin: call }, keyOf(call), call.query.force);
      return { status: 200, body: toPackage(deleted, deleted.parameters) };
    }),
  ];
}

function toChange({
  binding,
  parameters,
  annotations,
  version,
  publish,
}: z.output<typeof PutPackageBody>): PackageChange {
  return {
    binding: binding ?? null,
    parameters: toParameters(parameters),
    annotations: toAnnotations(annotations),
    version: version ?? null,
    publish: publish ?? null,
  };
}
