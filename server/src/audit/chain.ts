import { hash } from "node:crypto";
import { type AuditEntry, type ChainedEntry, entryBody, type Position, placeEntry } from "./model/entries.ts";

/** SHA-256 of the text in UTF-8, as lower-case hex. */
export const sha256 = (text: string): string => hash("sha256", text, "hex");

/** Adds an entry to the chain that ends at `previous`. */
export function chainEntry(entry: AuditEntry, previous: Position): ChainedEntry {
  const placed = placeEntry(entry, previous);
  return { ...placed, hash: sha256(entryBody(placed)) };
}
