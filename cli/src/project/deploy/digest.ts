import { createHash } from "node:crypto";

/** What can be digested: whatever has one JSON text. */
export type Digestible =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Digestible[]
  | { readonly [key: string]: Digestible };

/** SHA-256 of a value, in hex; the order of an object's keys does not matter. */
export function digest(value: Digestible): string {
  return createHash("sha256")
    .update(JSON.stringify(inOrder(value)) ?? "")
    .digest("hex");
}

/** How much of a digest goes into the `deployer` annotation. */
export const SHORT_DIGEST_LENGTH = 8;

function inOrder(value: Digestible): Digestible {
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(inOrder);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, inOrder(member)]));
}

function isList(value: Digestible): value is readonly Digestible[] {
  return Array.isArray(value);
}
