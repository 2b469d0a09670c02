import {
  getActivation,
  getActivationLogs,
  getActivationResult,
  listActivations,
} from "@latchkey/contract/openwhisk/activations";
import { type BoundRoute, implement } from "../../http/call.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import { functionErrors } from "../errors.ts";
import { requireOwnNamespace } from "../model/access.ts";
import { type ActivationWithLogs, parseActivationId } from "../model/activations.ts";
import type { Functions } from "../service/functions.ts";
import { toActivation, toActivationSummary, toResponse } from "./activation-shapes.ts";
import { collection, countAfter } from "./collections.ts";

type OnActivation = {
  readonly caller: NamespacePrincipal;
  readonly params: { readonly namespace: string; readonly id: string };
};

export function activationRoutes({ activations }: Pick<Functions, "activations">): BoundRoute[] {
  const find = async ({ caller, params }: OnActivation): Promise<ActivationWithLogs> => {
    const id = parseActivationId(params.id);
    requireOwnNamespace(caller, params.namespace, id);
    return activations.get(caller, id);
  };

  return [
    ...collection(
      implement<NamespacePrincipal, typeof listActivations>(listActivations, async ({ caller, params, query }) => {
        requireOwnNamespace(caller, params.namespace, null);
        const { count, docs, skip } = query;
        if (count && docs) throw functionErrors.docs_with_count();
        if (count)
          return { status: 200, body: { activations: countAfter(skip, await activations.count(caller, query)) } };
        if (!docs) {
          const summaries = await activations.summaries(caller, query, query);
          return { status: 200, body: summaries.map(toActivationSummary) };
        }
        const records = await activations.whole(caller, query, query);
        return { status: 200, body: records.map((record) => toActivation(record, record.logs)) };
      }),
    ),
    implement<NamespacePrincipal, typeof getActivation>(getActivation, async (call) => {
      const record = await find(call);
      return { status: 200, body: toActivation(record, record.logs) };
    }),
    implement<NamespacePrincipal, typeof getActivationLogs>(getActivationLogs, async (call) => {
      const { logs } = await find(call);
      return { status: 200, body: { logs: [...logs] } };
    }),
    implement<NamespacePrincipal, typeof getActivationResult>(getActivationResult, async (call) => ({
      status: 200,
      body: toResponse(await find(call)),
    })),
  ];
}
