import { getHealth } from "@latchkey/contract/operations";
import { type BoundRoute, implement } from "./call.ts";

/** Routes for operators: nothing of any team. */
export function operationsRoutes(): BoundRoute[] {
  return [implement<null, typeof getHealth>(getHealth, () => ({ status: 200, body: { status: "ok" } }))];
}
