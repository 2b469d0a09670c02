import { lookup as systemLookup } from "node:dns";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Attempt } from "../model/outbox.ts";
import { objectionTo } from "../model/webhook.ts";
import { isPublicHost } from "./public-address.ts";
import { NotPublicError, publicOnly } from "./public-lookup.ts";

export type WebhookRequest = {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Posts webhooks to where anybody could, or, if told so, also to the networks that this server is in. */
export function createWebhookPoster(deps: { toPrivateNetworks: boolean; lookup?: typeof systemLookup }) {
  const { toPrivateNetworks, lookup = systemLookup } = deps;
  const resolve = toPrivateNetworks ? lookup : publicOnly(lookup);

  const post = ({ url, headers, body }: WebhookRequest, signal: AbortSignal): Promise<number> =>
    new Promise((settled, failed) => {
      // An address needs no resolution, so nobody else would look at it.
      if (!toPrivateNetworks && !isPublicHost(url.hostname)) throw new NotPublicError();
      const send = url.protocol === "https:" ? httpsRequest : httpRequest;
      // A connection of its own: one that was kept open leads to where the name led before.
      const request = send(url, { method: "POST", headers, agent: false, lookup: resolve, signal }, (response) => {
        settled(response.statusCode ?? 0);
        // Whatever else it says, nobody reads.
        response.destroy();
      });
      request.on("error", failed);
      request.end(body);
    });

  return async (request: WebhookRequest, signal: AbortSignal): Promise<Attempt> => {
    const objection = objectionTo(request.url, { toPrivateNetworks });
    if (objection !== null) return { kind: "refused", error: objection };
    try {
      return judgeAnswer(await post(request, signal));
    } catch (error) {
      return { kind: "failed", error: signal.aborted ? "no answer in time" : explain(error) };
    }
  };
}

function judgeAnswer(status: number): Attempt {
  if (status >= 200 && status < 300) return { kind: "sent" };
  if (status >= 300 && status < 400) return { kind: "failed", error: `answered ${status}; redirects are not followed` };
  // The receiver's way to say that it wants no more (Standard Webhooks specification, "Operational considerations").
  return { kind: status === 410 ? "refused" : "failed", error: `answered ${status}` };
}

/** In our words: a team reads this, and must not learn from it what names and machines there are inside. */
function explain(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (error instanceof NotPublicError || code === "ENOTFOUND" || code === "EAI_AGAIN")
    return "the name leads to no public address";
  return /^[A-Z][A-Z0-9_]+$/.test(code) ? `no connection (${code})` : "no connection";
}
