import type { CommittedReader } from "../../store/committed-reader.ts";
import type { Tx } from "../../store/transaction.ts";
import type { Rule } from "../model/entities.ts";
import type { EntityKey } from "../model/names.ts";
import { type EntityRow, toRule } from "./rows.ts";

/** Finds the rules of a trigger, in the order of their names. */
export function prepareRulesLookup(committed: CommittedReader): (trigger: EntityKey) => readonly Rule[] {
  const read = committed.prepare<EntityRow>(
    "SELECT * FROM entities WHERE namespace_id = ? AND trigger_name = ? ORDER BY name",
  );
  return ({ namespaceId, name }) => read.all(namespaceId, name).map(toRule);
}

/** The same inside a transaction. */
export async function findRulesOf(tx: Tx, { namespaceId, name }: EntityKey): Promise<Rule[]> {
  const rows = await tx
    .selectFrom("entities")
    .selectAll()
    .where("namespace_id", "=", namespaceId)
    .where("trigger_name", "=", name)
    .orderBy("name")
    .execute();
  return rows.map(toRule);
}
