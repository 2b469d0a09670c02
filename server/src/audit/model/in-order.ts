import type { ChainedEntry } from "./entries.ts";
import type { Statement } from "./statements.ts";

/** An entry, or something that was signed of the entry before it. */
export type Item = { readonly entry: ChainedEntry } | { readonly statement: Statement };

/** A stretch of a log as it is checked and exported: each entry, then what was signed of it. Both lists are in the order of the chain. */
export function* inOrder(entries: readonly ChainedEntry[], statements: readonly Statement[]): Generator<Item, void> {
  let next = 0;
  for (const entry of entries) {
    for (let about = statements[next]; about !== undefined && about.seq < entry.seq; about = statements[next]) {
      yield { statement: about };
      next += 1;
    }
    yield { entry };
  }
  for (const statement of statements.slice(next)) yield { statement };
}
