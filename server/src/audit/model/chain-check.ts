import type { Position } from "./entries.ts";

/** What can be wrong with a log, in the order of the chain: `seq` is the entry that it is about. */
export type Problem = {
  readonly kind:
    | "missing"
    | "out_of_place"
    | "altered"
    | "unlinked"
    | "rewritten"
    | "bad_signature"
    | "unsigned_anchor"
    | "unsigned_end"
    | "wrong_end"
    | "unreadable";
  readonly seq: number | null;
  readonly says: string;
};

/** An entry as far as the chain is concerned; `bodyHash` is computed from what the entry says. */
export type Link = Position & {
  readonly teamId: string;
  readonly previousHash: string;
  readonly bodyHash: string;
};

/** A statement as far as the chain is concerned; `isSigned`: by the right key, and it says what was signed. */
export type Claim = Position & { readonly kind: string; readonly teamId: string; readonly isSigned: boolean };

export type ChainCheck = ReturnType<typeof createChainCheck>;

/**
 * Checks a team's chain from `start` on, entry by entry, each followed by the statements about it. Every call gives the first thing that
 * is wrong, upon which no more is asked. `isPruned`: something came before `start`, and a signed anchor has to say so.
 */
export function createChainCheck(chain: {
  readonly teamId: string;
  readonly start: Position;
  readonly isPruned: boolean;
}) {
  const { teamId, start } = chain;
  let last = start;
  let isAnchored = !chain.isPruned;
  const checked = { entries: 0, statements: 0 };

  const named = (seq: number): string => (Number.isSafeInteger(seq) ? `entry ${seq}` : "an entry without a number");
  const problem = (kind: Problem["kind"], seq: number, says: string): Problem => ({
    kind,
    seq: Number.isSafeInteger(seq) ? seq : null,
    says,
  });
  const missing = (from: number, whoKnows: string): Problem =>
    problem("missing", from, `Entry ${from} is missing: ${whoKnows}.`);
  const requireAnchor = (): Problem | null =>
    isAnchored
      ? null
      : problem(
          "unsigned_anchor",
          start.seq,
          `The entries up to ${start.seq} are gone, and nothing signed says that they were pruned.`,
        );

  return {
    checked,
    /** The last entry that was found to be in order. */
    last: (): Position => last,

    entry(link: Link): Problem | null {
      const unanchored = requireAnchor();
      if (unanchored !== null) return unanchored;
      const next = last.seq + 1;
      if (link.seq > next) return missing(next, `entry ${link.seq} comes after entry ${last.seq}`);
      if (link.seq !== next)
        return problem("out_of_place", link.seq, `Where entry ${next} belongs stands ${named(link.seq)}.`);
      if (link.bodyHash !== link.hash || link.teamId !== teamId)
        return problem(
          "altered",
          next,
          `Entry ${next} is not as it was written: its hash is not that of what it says.`,
        );
      if (link.previousHash !== last.hash)
        return problem(
          "unlinked",
          next,
          `Entry ${next} was not written after this entry ${last.seq}: one of them was replaced.`,
        );
      last = { seq: link.seq, hash: link.hash };
      checked.entries += 1;
      return null;
    },

    statement({ kind, seq, hash, ...claim }: Claim): Problem | null {
      if (claim.teamId !== teamId || !claim.isSigned)
        return problem(
          "bad_signature",
          seq,
          `The ${kind} of ${named(seq)} is not what was signed, or not by this key.`,
        );
      if (kind === "anchor" && (seq !== start.seq || hash !== start.hash))
        return problem(
          "out_of_place",
          start.seq,
          `The log begins after entry ${start.seq}, but it was pruned up to entry ${seq}.`,
        );
      const unanchored = kind === "anchor" ? null : requireAnchor();
      if (unanchored !== null) return unanchored;
      if (seq > last.seq) return missing(last.seq + 1, `a ${kind} has signed entry ${seq}`);
      if (seq < last.seq)
        return problem("out_of_place", seq, `The ${kind} of entry ${seq} does not follow that entry.`);
      if (hash !== last.hash)
        return problem(
          "rewritten",
          seq,
          `Entry ${seq} is not the one that was signed: it, or one before it, was rewritten.`,
        );
      if (kind === "anchor") isAnchored = true;
      checked.statements += 1;
      return null;
    },

    /** Nothing comes any more. `end`: where the log says that it ends. */
    end(end: Position): Problem | null {
      const unanchored = requireAnchor();
      if (unanchored !== null) return unanchored;
      if (end.seq > last.seq) return missing(last.seq + 1, `the log ends with entry ${end.seq}`);
      if (end.seq !== last.seq)
        return problem("out_of_place", end.seq + 1, `The log ends with ${named(end.seq)}, but goes on.`);
      if (end.hash !== last.hash)
        return problem("wrong_end", last.seq, `The log ends with another entry ${last.seq} than this one.`);
      return null;
    },
  };
}
