import type { Migration } from "kysely/migration";
import { teamsNamespacesKeys } from "./0001-teams-namespaces-keys.ts";
import { functions } from "./0002-functions.ts";
import { notifications } from "./0007-notifications.ts";

/** Forward only; a released migration is never edited, since data folders in the field have run it. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-teams-namespaces-keys": teamsNamespacesKeys,
  "0002-functions": functions,
  "0007-notifications": notifications,
};
