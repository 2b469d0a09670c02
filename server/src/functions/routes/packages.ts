import {
  deletePackage,
  getPackage,
  listPackages,
  type PutPackageBody,
  putPackage,
} from "@latchkey/contract/openwhisk/packages";
import type { z } from "zod";
import { type BoundRoute, implement } from "../../http/call.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import { keyIn, requireOwnNamespace } from "../model/access.ts";
import type { EntityKey } from "../model/names.ts";
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

export function packageRoutes({ packages }: Pick<Functions, "packages">): BoundRoute[] {
  return [
    ...collection(
      implement<NamespacePrincipal, typeof listPackages>(listPackages, async ({ caller, params, query }) => {
        requireOwnNamespace(caller, params.namespace, null);
        const body = query.count
          ? { packages: countAfter(query.skip, await packages.count(caller)) }
          : (await packages.list(caller, query)).map(toPackageSummary);
        return { status: 200, body };
      }),
    ),
    implement<NamespacePrincipal, typeof getPackage>(getPackage, async (call) => {
      const shown = await packages.get(call.caller, keyOf(call));
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
