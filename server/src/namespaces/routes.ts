import {
  createNamespace,
  deleteNamespace,
  getNamespace,
  getOrCreateSandbox,
  listNamespaces,
  type NamespaceShape,
} from "@latchkey/contract/namespaces";
import { type BoundRoute, implement } from "../http/call.ts";
import { may, type TeamPrincipal } from "../identity/index.ts";
import { toTimestamp } from "../kernel/timestamp.ts";
import { namespaceErrors } from "./errors.ts";
import { apiHostOf, type Namespace } from "./model.ts";
import type { Namespaces } from "./service.ts";

export function namespaceRoutes(deps: { namespaces: Namespaces; publicUrl: () => string }): BoundRoute[] {
  const { namespaces, publicUrl } = deps;

  const listed = (namespace: Namespace): NamespaceShape => ({
    api_host: apiHostOf(publicUrl(), namespace.region),
    namespace: namespace.id,
    created_at: toTimestamp(namespace.createdAt),
    updated_at: toTimestamp(namespace.updatedAt),
    label: namespace.label,
    region: namespace.region,
    uuid: "",
    key: "",
  });
  // `key` is empty: no legacy credential is given out (do-functions-api 6, phase `disabled`).
  const opened = (namespace: Namespace): NamespaceShape => ({ ...listed(namespace), uuid: namespace.legacyUuid });

  return [
    implement<TeamPrincipal, typeof listNamespaces>(listNamespaces, async ({ caller }) => ({
      status: 200,
      body: { namespaces: (await namespaces.list(caller)).map(listed) },
    })),
    implement<TeamPrincipal, typeof createNamespace>(createNamespace, async (call) => ({
      status: 200,
      body: { namespace: opened(await namespaces.create(call.caller, call.body(), call)) },
    })),
    implement<TeamPrincipal, typeof getNamespace>(getNamespace, async ({ caller, params }) => {
      const namespace = await namespaces.require(caller, params.namespace_id);
      if (!caller.scopes.has("function:admin") || !may(caller, "namespace.open")) throw namespaceErrors.not_openable();
      return { status: 200, body: { namespace: opened(namespace) } };
    }),
    implement<TeamPrincipal, typeof deleteNamespace>(deleteNamespace, async (call) => {
      await namespaces.delete(call.caller, call.params.namespace_id, call);
      return { status: 204 };
    }),
    implement<TeamPrincipal, typeof getOrCreateSandbox>(getOrCreateSandbox, async (call) => ({
      status: 200,
      body: { namespace: opened(await namespaces.getOrCreateSandbox(call.caller, call)) },
    })),
  ];
}
