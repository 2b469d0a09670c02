import {
  deleteTrigger,
  fireTrigger,
  getTrigger,
  listTriggers,
  putTrigger,
  type TriggerShape,
} from "@latchkey/contract/openwhisk/triggers";
import { type BoundRoute, type Call, implement } from "../../http/call.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import type { JsonObject } from "../../runtime/index.ts";
import { keyIn, requireOwnNamespace } from "../model/access.ts";
import { type EntityKey, qualifiedNameOf } from "../model/names.ts";
import type { Functions } from "../service/functions.ts";
import type { ShownTrigger } from "../service/triggers.ts";
import { readPayload, requireBody, toAnnotations, toParameters } from "./bodies.ts";
import { collection, countAfter } from "./collections.ts";
import { listed, toParameter, toPath } from "./entity-shapes.ts";

type OnTrigger = {
  readonly caller: NamespacePrincipal;
  readonly params: { readonly namespace: string; readonly name: string };
};
const keyOf = ({ caller, params }: OnTrigger): EntityKey => keyIn(caller, params.namespace, "", params.name);

export function triggerRoutes({ triggers }: Pick<Functions, "triggers">): BoundRoute[] {
  return [
    ...collection(
      implement<NamespacePrincipal, typeof listTriggers>(listTriggers, async ({ caller, params, query }) => {
        requireOwnNamespace(caller, params.namespace, null);
        const body = query.count
          ? { triggers: countAfter(query.skip, await triggers.count(caller)) }
          : (await triggers.list(caller, query)).map(listed);
        return { status: 200, body };
      }),
    ),
    implement<NamespacePrincipal, typeof getTrigger>(getTrigger, (call) => ({
      status: 200,
      body: toTrigger(triggers.get(call.caller, keyOf(call))),
    })),
    implement<NamespacePrincipal, typeof putTrigger>(putTrigger, async (call) => {
      const key = keyOf(call);
      requireBody(call.rawBody);
      const { parameters, annotations, version, publish } = call.body();
      const change = {
        parameters: toParameters(parameters),
        annotations: toAnnotations(annotations),
        version: version ?? null,
        publish: publish ?? null,
      };
      const cause = { caller: call.caller, origin: call };
      return { status: 200, body: toTrigger(await triggers.put(cause, key, change, call.query.overwrite)) };
    }),
    implement<NamespacePrincipal, typeof deleteTrigger>(deleteTrigger, async (call) => {
      const deleted = await triggers.delete({ caller: call.caller, origin: call }, keyOf(call));
      return { status: 200, body: toTrigger(deleted) };
    }),
  ];
}

export function firingRoutes({ fire }: Pick<Functions, "fire">): BoundRoute[] {
  return [
    implement<NamespacePrincipal, typeof fireTrigger>(fireTrigger, async (call) => {
      const { caller, requestId } = call;
      const [key, payload] = [keyOf(call), readPayload(call.rawBody)];
      const activationId = await fire({ caller, key, payload, headers: shown(call), transactionId: requestId });
      if (activationId === null) return { status: 204 };
      return { status: 202, body: { activationId }, headers: { "x-openwhisk-activation-id": activationId } };
    }),
  ];
}

/** What a function sees of the request that fired it: not the caller's credential. */
function shown({ headers }: Pick<Call<typeof fireTrigger, NamespacePrincipal>, "headers">): JsonObject {
  const { authorization: _secret, ...others } = headers;
  const entries = Object.entries(others).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : value,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

const toTrigger = ({ trigger, rules }: ShownTrigger): TriggerShape => ({
  ...listed(trigger),
  parameters: trigger.parameters.map(toParameter),
  limits: {},
  ...(rules.length === 0
    ? {}
    : {
        rules: Object.fromEntries(
          rules.map(({ key, action, status }) => [qualifiedNameOf(key), { action: toPath(action), status }]),
        ),
      }),
});
