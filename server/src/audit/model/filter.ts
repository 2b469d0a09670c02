import type { EpochMs } from "../../kernel/clock.ts";

/** Which entries are asked for; null where it does not matter. */
export type Filter = {
  readonly actorId: string | null;
  /** The access key, token or session that it was done with. */
  readonly credentialId: string | null;
  readonly targetId: string | null;
  readonly verb: VerbFilter | null;
  readonly outcome: "done" | "refused" | null;
  /** From this instant on. */
  readonly since: EpochMs | null;
  /** Before this instant. */
  readonly until: EpochMs | null;
};

/** One verb, or all about one kind of thing. */
export type VerbFilter =
  | { readonly kind: "verb"; readonly verb: string }
  | { readonly kind: "thing"; readonly thing: string };

/** `access_key.create`, or `access_key.*` for everything about access keys. */
export const parseVerbFilter = (text: string): VerbFilter =>
  text.endsWith(".*") ? { kind: "thing", thing: text.slice(0, -2) } : { kind: "verb", verb: text };

/** After which entry a page of a list begins, which has the newest first. */
export type Cursor = { readonly at: EpochMs; readonly seq: number };

/** The cursor as callers pass it on. */
export const formatCursor = ({ at, seq }: Cursor): string => Buffer.from(`${at}:${seq}`).toString("base64url");

/** Undefined for what is no cursor. */
export function parseCursor(text: string): Cursor | undefined {
  const [, at, seq] = /^(\d{1,16}):(\d{1,16})$/.exec(Buffer.from(text, "base64url").toString()) ?? [];
  return at === undefined || seq === undefined ? undefined : { at: Number(at), seq: Number(seq) };
}
