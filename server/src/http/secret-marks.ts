import { listSecrets } from "@latchkey/contract/secrets";
import type { BoundRoute } from "./call.ts";
import { httpErrors } from "./errors.ts";

/**
 * Refuses routes of which none marks a field as secret: then the marks were lost on the way here, and nothing that goes by them
 * keeps a secret back. Throws `http.secrets_unmarked`.
 */
export function requireSecretMarks(routes: readonly BoundRoute[]): void {
  // One by one: the first mark is enough, and translating every route would delay the start.
  if (!routes.some(({ route }) => listSecrets([route]).length > 0)) throw httpErrors.secrets_unmarked();
}
