import type { NamespaceId } from "../../namespaces/index.ts";
import type { CommittedReader } from "../../store/committed-reader.ts";
import type { Row } from "../../store/tables.ts";
import type { Tx } from "../../store/transaction.ts";
import type { ActivationId } from "../model/activations.ts";
import type { AcceptedInvocation, Waiting } from "../model/invocations.ts";

/** Rows that one statement writes; SQLite takes 32766 values at most. */
const ROWS_AT_ONCE = 500;

const toInvocation = (row: Row<"invocations">): AcceptedInvocation => ({
  id: row.id as ActivationId,
  acceptedAt: row.accepted_at,
  transactionId: row.transaction_id,
  caller: JSON.parse(row.caller),
  key: JSON.parse(row.target),
  payload: JSON.parse(row.payload),
});

/** Writes down what is accepted. `startedBy`: by whom it has been started already; null for what waits. */
export async function insertInvocations(
  tx: Tx,
  invocations: readonly { readonly invocation: AcceptedInvocation; readonly startedBy: string | null }[],
): Promise<void> {
  const rows = invocations.map(({ invocation, startedBy }) => ({
    id: invocation.id,
    namespace_id: invocation.caller.namespaceId,
    accepted_at: invocation.acceptedAt,
    started_by: startedBy,
    transaction_id: invocation.transactionId,
    caller: JSON.stringify(invocation.caller),
    target: JSON.stringify(invocation.key),
    payload: JSON.stringify(invocation.payload),
  }));
  for (let first = 0; first < rows.length; first += ROWS_AT_ONCE) {
    await tx
      .insertInto("invocations")
      .values(rows.slice(first, first + ROWS_AT_ONCE))
      .execute();
  }
}

/** Takes what still waits of these, and tells which: whoever takes it runs it, and nobody else does. */
export async function takeInvocations(tx: Tx, ids: readonly ActivationId[], startedBy: string): Promise<string[]> {
  const rows = await tx
    .updateTable("invocations")
    .set({ started_by: startedBy })
    .where("id", "in", ids)
    .where("started_by", "is", null)
    .returning("id")
    .execute();
  return rows.map(({ id }) => id);
}

/** Has these wait again: nothing of them has run. */
export async function returnInvocations(tx: Tx, ids: readonly ActivationId[]): Promise<void> {
  await tx.updateTable("invocations").set({ started_by: null }).where("id", "in", ids).execute();
}

export async function removeInvocations(tx: Tx, ids: readonly ActivationId[]): Promise<void> {
  await tx.deleteFrom("invocations").where("id", "in", ids).execute();
}

export async function removeNamespaceInvocations(tx: Tx, namespaceId: NamespaceId): Promise<void> {
  await tx.deleteFrom("invocations").where("namespace_id", "=", namespaceId).execute();
}

/** Reads of what is accepted. */
export function prepareInvocationReads(committed: CommittedReader) {
  const waiting = committed.prepare<{ id: ActivationId; namespaceId: NamespaceId }>(
    "SELECT id, namespace_id AS namespaceId FROM invocations WHERE started_by IS NULL AND id > ? ORDER BY id LIMIT ?",
  );
  const one = committed.prepare<Row<"invocations">>("SELECT * FROM invocations WHERE id = ? AND started_by IS NULL");
  const abandoned = committed.prepare<Row<"invocations">>(
    "SELECT * FROM invocations WHERE started_by IS NOT NULL AND started_by <> ? AND id > ? ORDER BY id LIMIT ?",
  );
  return {
    /** What waits, oldest first. */
    waiting: (after: string, limit: number): readonly Waiting[] => waiting.all(after, limit),
    /** Undefined for what does not wait any more. */
    find(id: ActivationId): AcceptedInvocation | undefined {
      const row = one.get(id);
      return row === undefined ? undefined : toInvocation(row);
    },
    /** What a server that is no more had started, oldest first. */
    abandoned: (startedBy: string, after: string, limit: number): readonly AcceptedInvocation[] =>
      abandoned.all(startedBy, after, limit).map(toInvocation),
  };
}
