import type { NamespaceId } from "../../namespaces/index.ts";
import type { ActivationId } from "../model/activations.ts";

/** One that waits. `leave`: counts it out of its namespace's bounds; null if it has not been counted in. */
export type Entry = { readonly id: ActivationId; readonly namespaceId: NamespaceId; leave: (() => void) | null };

/**
 * Who waits, in the order of their coming. Those that have been counted in go first: what they have been given, others wait for.
 * Of the others each namespace has a line of its own, so that a full one keeps none of another waiting.
 */
export function createLine() {
  const known = new Set<ActivationId>();
  const counted = new Map<ActivationId, Entry>();
  const uncounted = new Map<NamespaceId, Map<ActivationId, Entry>>();

  const lineOf = (namespaceId: NamespaceId): Map<ActivationId, Entry> => {
    const line = uncounted.get(namespaceId) ?? new Map<ActivationId, Entry>();
    uncounted.set(namespaceId, line);
    return line;
  };

  const take = (line: Map<ActivationId, Entry>, entry: Entry): Entry => {
    line.delete(entry.id);
    known.delete(entry.id);
    if (line.size === 0) uncounted.delete(entry.namespaceId);
    return entry;
  };

  return {
    get length(): number {
      return known.size;
    },

    has: (id: ActivationId): boolean => known.has(id),

    add(entry: Entry): void {
      known.add(entry.id);
      (entry.leave === null ? lineOf(entry.namespaceId) : counted).set(entry.id, entry);
    },

    /** Takes out the next that can go; `enter` counts one in, or says with null that its namespace is full. */
    next(enter: (namespaceId: NamespaceId) => (() => void) | null): Entry | undefined {
      const [first] = counted.values();
      if (first !== undefined) return take(counted, first);
      for (const [namespaceId, line] of uncounted) {
        const [entry] = line.values();
        const leave = entry === undefined ? null : enter(namespaceId);
        if (entry === undefined || leave === null) continue;
        entry.leave = leave;
        // To the end, so that the namespaces take turns.
        uncounted.delete(namespaceId);
        if (line.size > 1) uncounted.set(namespaceId, line);
        return take(line, entry);
      }
      return undefined;
    },
  };
}
