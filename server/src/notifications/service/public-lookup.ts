import type { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "./public-address.ts";

/** There is nothing public where this leads. */
export class NotPublicError extends Error {}

/**
 * Name resolution that gives public addresses only. What it gives is what is connected to, so a name that leads elsewhere on the next
 * question (DNS rebinding) gains nothing.
 */
export function publicOnly(lookup: typeof systemLookup): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first, ...others] = (error === null ? addresses : []).filter(({ address }) => isPublicAddress(address));
      if (first === undefined) callback(error ?? new NotPublicError(), []);
      else if (options.all === true) callback(null, [first, ...others]);
      else callback(null, first.address, first.family);
    });
}
