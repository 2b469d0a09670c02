import { rmSync } from "node:fs";
import { type Comparison, compare, type Load } from "./load.ts";
import { prepareStore } from "./prepared-store.ts";
import { startBare, startLatchkey } from "./processes.ts";

export type VerifyRow = Comparison & { keys: number; connections: number; drawn: "hot" | "each new" };

const KEY_COUNTS = [1, 1_000, 100_000, 1_000_000];
const CONNECTIONS = [1, 32];
const HOT = 1_000;
const EACH_NEW = 100_000;
const SECONDS = 2;
const ROUNDS = 5;

/** Authenticated `GET /api/v1/namespaces`, by the number of keys in the store. */
export async function benchVerify(said: (line: string) => void): Promise<VerifyRow[]> {
  const rows: VerifyRow[] = [];
  for (const keys of KEY_COUNTS) {
    const { path, authorizations } = await prepareStore(keys, EACH_NEW);
    const draws: { drawn: VerifyRow["drawn"]; headers: string[]; rounds: number }[] = [
      { drawn: "hot", headers: authorizations.slice(0, HOT), rounds: ROUNDS },
      // One round in one server: the second time round, the keys would not be new any more.
      ...(authorizations.length >= EACH_NEW
        ? [{ drawn: "each new" as const, headers: authorizations, rounds: 1 }]
        : []),
    ];
    for (const connections of CONNECTIONS) {
      for (const { drawn, headers, rounds } of draws) {
        const [bare, latchkey] = [await startBare(), await startLatchkey(path)];
        const load: Load = { path: "/api/v1/namespaces", connections, seconds: SECONDS, authorizations: headers };
        const compared = await compare(latchkey, bare, load, rounds);
        rows.push({ keys, connections, drawn, ...compared });
        said(`verify: ${keys} keys, ${connections} connections, ${drawn}: ${compared.ratio.toFixed(2)} of bare`);
        await Promise.all([bare.stop(), latchkey.stop()]);
      }
    }
    rmSync(path, { recursive: true });
  }
  return rows;
}
