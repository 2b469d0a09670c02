import { createHash, timingSafeEqual } from "node:crypto";
import { functionErrors } from "../errors.ts";
import type { FunctionLimits } from "../model/limits.ts";
import { type Extension, parseWebAddress } from "../model/web/address.ts";
import { parsedEvent, rawEvent, type WebRequest } from "../model/web/event.ts";
import type { WebAccess } from "../model/web/exposure.ts";
import type { Catalog } from "./catalog.ts";
import type { Answer, Invoker } from "./invoke.ts";
import { findOnWeb } from "./web-actions.ts";

/** What a caller shows: whether its access key is a valid one, and the secret it sent; null where it sent none. */
export type WebProof = { readonly hasValidKey: boolean; readonly secret: string | null };

/** A function on the web, as an address names it. */
export type WebTarget = {
  readonly extension: Extension;
  /** What follows the function's name in the address. */
  readonly rest: string;
  /** Whether the function answers OPTIONS and sets the CORS headers itself. */
  readonly ownCors: boolean;
  /** Throws `function.web_unauthenticated`. */
  requireAccess(proof: WebProof): void;
  /** Runs it for the namespace it lies in, and waits. Throws `function.*`. */
  call(request: WebRequest, transactionId: string): Promise<Answer>;
};

/** Calling functions as web pages and web hooks: section 9 of the OpenWhisk API. */
export function createWebCalls(deps: {
  catalog: Pick<Catalog, "runnable">;
  invoker: Pick<Invoker, "invoke">;
  limits: Pick<FunctionLimits, "blockingWaitMs">;
}) {
  const { catalog, invoker, limits } = deps;
  return {
    /** Throws `function.web_address_incomplete`, and `function.not_found` whatever else is the matter. */
    find(path: string): WebTarget {
      const { key, extension, rest } = parseWebAddress(path);
      const { access, raw, ownCors } = findOnWeb(catalog, key).exposure;
      return {
        extension,
        rest,
        ownCors,
        requireAccess(proof) {
          if (!maySee(access, proof)) throw functionErrors.web_unauthenticated();
        },
        async call(request, transactionId) {
          const caller = { credentialKind: "web", namespaceId: key.namespaceId } as const;
          const { payload, system } = raw ? rawEvent(request) : parsedEvent(request);
          return invoker.invoke({ caller, key, payload, system, transactionId, waitMs: limits.blockingWaitMs });
        },
      };
    },
  };
}

function maySee(access: WebAccess, { hasValidKey, secret }: WebProof): boolean {
  switch (access.kind) {
    case "open":
      return true;
    case "any_key":
      return hasValidKey;
    case "secret":
      return secret !== null && isSame(secret, access.secret);
    case "nobody":
      return false;
  }
}

/** In a time that tells nothing about where two texts differ, nor how long they are. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
