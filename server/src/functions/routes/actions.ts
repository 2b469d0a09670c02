import {
  deleteAction,
  deletePackagedAction,
  getAction,
  getPackagedAction,
  listActions,
  listPackagedActions,
  type PutActionBody,
  putAction,
  putPackagedAction,
} from "@latchkey/contract/openwhisk/actions";
import type { z } from "zod";
import type { Origin } from "../../audit/index.ts";
import { type BoundRoute, type Call, implement } from "../../http/call.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import { keyAnywhere, keyIn, requireOwnNamespace } from "../model/access.ts";
import type { EntityKey } from "../model/names.ts";
import type { ActionChange } from "../service/actions.ts";
import type { Functions } from "../service/functions.ts";
import { requireBody, toAnnotations, toParameters } from "./bodies.ts";
import { collection, countAfter } from "./collections.ts";
import { toActionSummary, toShownAction, toStoredAction } from "./entity-shapes.ts";

/** What both forms of an action's path have in common. */
export type OnAction = {
  readonly caller: NamespacePrincipal;
  readonly params: { readonly namespace: string; readonly package?: string; readonly name: string };
};

/** The action of the caller's own namespace that a path names. Throws for another namespace, and for names that cannot be. */
const ownActionKey = ({ caller, params }: OnAction): EntityKey =>
  keyIn(caller, params.namespace, params.package ?? "", params.name);

/** The action that a path names. Throws for names that cannot be. */
export const actionKey = ({ caller, params }: OnAction): EntityKey =>
  keyAnywhere(caller, params.namespace, params.package ?? "", params.name);

type Put = Call<typeof putAction, NamespacePrincipal> | Call<typeof putPackagedAction, NamespacePrincipal>;
type List = { readonly caller: NamespacePrincipal; readonly query: { skip: number; limit: number; count: boolean } };

export function actionRoutes({ actions }: Pick<Functions, "actions">): BoundRoute[] {
  const get = (call: OnAction & { readonly query: { readonly code: boolean } }) => ({
    status: 200 as const,
    body: toShownAction(actions.get(call.caller, actionKey(call), call.query.code)),
  });

  const put = async (call: Put & OnAction) => {
    const key = ownActionKey(call);
    requireBody(call.rawBody);
    const cause = { caller: call.caller, origin: call };
    const stored = await actions.put(cause, key, toChange(call.body()), call.query.overwrite);
    return { status: 200 as const, body: toStoredAction(stored) };
  };

  const remove = async (call: OnAction & Origin) => {
    const cause = { caller: call.caller, origin: call };
    return { status: 200 as const, body: toStoredAction(await actions.delete(cause, ownActionKey(call))) };
  };

  const list = async ({ caller, query }: List, packageKey: EntityKey | null) => {
    const body = query.count
      ? { actions: countAfter(query.skip, await actions.count(caller, packageKey)) }
      : (await actions.list(caller, packageKey, query)).map(toActionSummary);
    return { status: 200 as const, body };
  };

  return [
    ...collection(
      implement<NamespacePrincipal, typeof listActions>(listActions, async (call) => {
        requireOwnNamespace(call.caller, call.params.namespace, null);
        return list(call, null);
      }),
    ),
    implement<NamespacePrincipal, typeof listPackagedActions>(listPackagedActions, async (call) =>
      list(call, keyAnywhere(call.caller, call.params.namespace, "", call.params.package)),
    ),
    implement<NamespacePrincipal, typeof getAction>(getAction, get),
    implement<NamespacePrincipal, typeof getPackagedAction>(getPackagedAction, get),
    implement<NamespacePrincipal, typeof putAction>(putAction, put),
    implement<NamespacePrincipal, typeof putPackagedAction>(putPackagedAction, put),
    implement<NamespacePrincipal, typeof deleteAction>(deleteAction, remove),
    implement<NamespacePrincipal, typeof deletePackagedAction>(deletePackagedAction, remove),
  ];
}

function toChange(body: z.output<typeof PutActionBody>): ActionChange {
  const { limits } = body;
  return {
    exec: body.exec ?? null,
    parameters: toParameters(body.parameters),
    annotations: toAnnotations(body.annotations),
    deletedAnnotations: body.delAnnotations ?? [],
    limits: {
      timeoutMs: limits?.timeout ?? null,
      memoryMb: limits?.memory ?? null,
      logsMb: limits?.logs ?? null,
      concurrency: limits?.concurrency ?? null,
    },
    version: body.version ?? null,
    publish: body.publish ?? null,
  };
}
