import type { CommittedReader } from "../../store/committed-reader.ts";
import type { Tx } from "../../store/transaction.ts";

/** Reads committed code for a cold start; undefined once it has been replaced or deleted. */
export function prepareCodeLookup(committed: CommittedReader): (codeId: string) => string | undefined {
  const read = committed.prepare<{ code: string }>("SELECT code FROM function_code WHERE id = ?");
  return (codeId) => read.get(codeId)?.code;
}

export async function findCode(tx: Tx, codeId: string): Promise<string> {
  const { code } = await tx
    .selectFrom("function_code")
    .select("code")
    .where("id", "=", codeId)
    .executeTakeFirstOrThrow();
  return code;
}

export async function insertCode(tx: Tx, id: string, code: string): Promise<void> {
  await tx.insertInto("function_code").values({ id, code }).execute();
}

export async function removeCode(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("function_code").where("id", "=", id).execute();
}
