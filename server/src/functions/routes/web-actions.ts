import type { OpenAnswer, OpenCall, OpenRoute } from "../../http/open-route.ts";
import { LatchkeyError } from "../../kernel/errors.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import { functionErrors } from "../errors.ts";
import { transcode } from "../model/web/answer.ts";
import { isOurCredential, shownHeaders } from "../model/web/headers.ts";
import type { Functions } from "../service/functions.ts";

type WebCall = OpenCall<NamespacePrincipal>;

/** Functions on the web, below `/api/v1/web/`, in the order of openwhisk-api 9.2; invocations are counted last. */
export function webActionRoute({ web, limits }: Pick<Functions, "web" | "limits">): OpenRoute {
  return {
    id: "web.call",
    below: "/api/v1/web/",
    bodyBytesMax: limits.payloadBytes,
    async receive(call: WebCall) {
      const target = web.find(call.path);
      if (!target.ownCors) call.always(corsHeaders(call));
      call.refuseOversized();
      const isOptions = call.method === "OPTIONS";
      if (isOptions && !target.ownCors) return EMPTY;

      const user = await userOf(call);
      // A browser asks with OPTIONS before it may send what would prove anything.
      const secret = call.headers["x-require-whisk-auth"] ?? null;
      if (!isOptions) target.requireAccess({ hasValidKey: user !== null, secret });

      return async (body) => {
        const { method, query } = call;
        const request = { method, query, path: target.rest, headers: shownHeaders(call), body, user };
        const answer = await target.call(request, call.requestId);
        const id = answer.kind === "finished" ? answer.activation.id : answer.activationId;
        call.always({ "x-openwhisk-activation-id": id });
        if (answer.kind === "accepted") throw functionErrors.web_not_ready();
        return transcode(answer.activation, target.extension);
      };
    },
  };
}

const EMPTY: OpenAnswer = { status: 200, headers: [], body: null };

/** openwhisk-api 9.6. */
const corsHeaders = ({ headers }: WebCall): Record<string, string> => ({
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH",
  "access-control-allow-headers":
    headers["access-control-request-headers"] ??
    "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent",
});

/**
 * The namespace of the caller's access key; null without one, or with one that is not accepted. What is meant for the function
 * itself is no attempt to get in here.
 */
async function userOf(call: WebCall): Promise<string | null> {
  const { authorization } = call.headers;
  if (authorization === undefined || !isOurCredential(authorization)) return null;
  try {
    return (await call.recognise()).namespaceId;
  } catch (error) {
    if (error instanceof LatchkeyError && error.status < 500) return null;
    throw error;
  }
}
