import type { ProjectFunction } from "../model.ts";

/** A function that is a sequence. */
export type Sequence = ProjectFunction & { readonly source: { readonly kind: "sequence" } };

/** Sequences in an order in which each finds its components, those that go in circles, and what they need from elsewhere. */
export type OrderedSequences = {
  readonly ordered: readonly Sequence[];
  readonly circular: readonly Sequence[];
};

/** `/namespace/package/function`, which is how a sequence names its components. */
export function fullName(name: string, namespace: string): string {
  return name.startsWith("/") ? name : `/${namespace}/${name}`;
}

/** Tells sequences from functions with code. */
export function isSequence(fn: ProjectFunction): fn is Sequence {
  return fn.source.kind === "sequence";
}

/** Sorts sequences so that a sequence comes after those it is made of. */
export function orderSequences(sequences: readonly Sequence[], namespace: string): OrderedSequences {
  const byName = new Map(sequences.map((sequence) => [fullName(sequence.qualifiedName, namespace), sequence]));
  const states = new Map<Sequence, "open" | "ordered" | "circular">();
  const ordered: Sequence[] = [];

  /** Whether a sequence could be placed; one that needs a circular one is no better off than it. */
  function place(sequence: Sequence): boolean {
    const state = states.get(sequence);
    if (state !== undefined) return state === "ordered";
    states.set(sequence, "open");
    const needed = sequence.source.components.flatMap((name) => byName.get(fullName(name, namespace)) ?? []);
    // All of them, not the first that fails: the others may stand on their own.
    const placed = needed.map(place).every(Boolean);
    states.set(sequence, placed ? "ordered" : "circular");
    if (placed) ordered.push(sequence);
    return placed;
  }

  for (const sequence of sequences) place(sequence);
  return { ordered, circular: sequences.filter((sequence) => states.get(sequence) === "circular") };
}
