import { invokeAction, invokePackagedAction } from "@latchkey/contract/openwhisk/actions";
import { type BoundRoute, implement } from "../../http/call.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import { functionErrors } from "../errors.ts";
import type { Activation } from "../model/activations.ts";
import type { Functions } from "../service/functions.ts";
import { actionKey, type OnAction } from "./actions.ts";
import { toActivation } from "./activation-shapes.ts";
import { readPayload } from "./bodies.ts";

type Invoke = OnAction & {
  readonly query: { readonly blocking: boolean; readonly result: boolean; readonly timeout: number };
  readonly rawBody: unknown;
  readonly requestId: string;
};

const HTTP_STATUS = { success: 200, application_error: 502, developer_error: 502, internal_error: 500 } as const;

export function invocationRoutes({ invoke, limits }: Pick<Functions, "invoke" | "limits">): BoundRoute[] {
  const run = async (call: Invoke) => {
    refuseRemoteBuild(call);
    const key = actionKey(call);
    const { blocking, result, timeout } = call.query;
    const answer = await invoke({
      caller: call.caller,
      key,
      payload: readPayload(call.rawBody),
      system: null,
      transactionId: call.requestId,
      waitMs: blocking ? Math.min(timeout, limits.blockingWaitMs) : 0,
    });
    if (answer.kind === "accepted") {
      const { activationId } = answer;
      return { status: 202 as const, body: { activationId }, headers: { "x-openwhisk-activation-id": activationId } };
    }
    const { activation } = answer;
    return {
      status: HTTP_STATUS[activation.status],
      body: bodyOf(activation, result),
      headers: { "x-openwhisk-activation-id": activation.id },
    };
  };

  return [
    implement<NamespacePrincipal, typeof invokeAction>(invokeAction, run),
    implement<NamespacePrincipal, typeof invokePackagedAction>(invokePackagedAction, run),
  ];
}

/**
 * DigitalOcean builds functions in a namespace of its own, which deployers call. There is none here: what this server runs can be
 * built where it is deployed from, so nobody's sources and credentials need to travel for it. The deployer shows the text.
 */
function refuseRemoteBuild({ params }: OnAction): void {
  if (params.namespace === "nimbella" && params.package === "builder") throw functionErrors.no_remote_builds();
}

/** An array is the whole body whatever was asked for (openwhisk-api 5.2). Logs are in the stored record alone. */
const bodyOf = (activation: Activation, resultOnly: boolean): unknown =>
  resultOnly || Array.isArray(activation.result) ? activation.result : toActivation(activation, []);
