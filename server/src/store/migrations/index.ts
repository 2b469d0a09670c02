import type { Migration } from "kysely/migration";
import { teamsNamespacesKeys } from "./0001-teams-namespaces-keys.ts";
import { functions } from "./0002-functions.ts";
import { auditChain } from "./0003-audit-chain.ts";
import { identity } from "./0004-identity.ts";
import { keyLifeCycle } from "./0005-key-life-cycle.ts";
import { policies } from "./0006-policies.ts";
import { notifications } from "./0007-notifications.ts";
import { passwordResetMakers } from "./0008-password-reset-makers.ts";
import { invocations } from "./0010-invocations.ts";
import { schedules } from "./0014-schedules.ts";

/** Forward only; a released migration is never edited, since data folders in the field have run it. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-teams-namespaces-keys": teamsNamespacesKeys,
  "0002-functions": functions,
  "0003-audit-chain": auditChain,
  "0004-identity": identity,
  "0005-key-life-cycle": keyLifeCycle,
  "0006-policies": policies,
  "0007-notifications": notifications,
  "0008-password-reset-makers": passwordResetMakers,
  "0010-invocations": invocations,
  "0014-schedules": schedules,
};
