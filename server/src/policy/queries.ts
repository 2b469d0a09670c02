import type { TeamId } from "../identity/index.ts";
import type { EpochMs } from "../kernel/clock.ts";
import type { NamespaceId } from "../namespaces/index.ts";
import type { Row } from "../store/tables.ts";
import type { Db, Tx } from "../store/transaction.ts";
import type { Policy, Scope } from "./model.ts";

/** A policy that was set, and when. */
export type SetPolicy = { readonly policy: Policy; readonly updatedAt: EpochMs };

/** A team's own row has no namespace; text, since a primary key may hold no NULL. */
const keyOf = ({ teamId, namespaceId }: Scope) => ({ team_id: teamId, namespace_id: namespaceId ?? "" });

const toPolicy = (row: Row<"policies">): Policy => ({
  longestLifetimeDays: row.longest_lifetime_days,
  neverAllowed: row.never_allowed === 1,
  mostKeysPerPerson: row.most_keys_per_person,
  suspendUnusedDays: row.suspend_unused_days,
  allowedNetworks: row.allowed_networks === null ? null : (JSON.parse(row.allowed_networks) as string[]),
  serviceKeys: row.service_keys,
});

/** What a team has set, for itself (under null) and for its namespaces. */
export async function findPolicies(db: Db | Tx, teamId: TeamId): Promise<ReadonlyMap<NamespaceId | null, SetPolicy>> {
  const rows = await db.selectFrom("policies").selectAll().where("team_id", "=", teamId).execute();
  return new Map(
    rows.map((row) => [
      row.namespace_id === "" ? null : (row.namespace_id as NamespaceId),
      { policy: toPolicy(row), updatedAt: row.updated_at },
    ]),
  );
}

export async function savePolicy(tx: Tx, scope: Scope, policy: Policy, at: EpochMs): Promise<void> {
  const values = {
    longest_lifetime_days: policy.longestLifetimeDays,
    never_allowed: policy.neverAllowed ? 1 : 0,
    most_keys_per_person: policy.mostKeysPerPerson,
    suspend_unused_days: policy.suspendUnusedDays,
    allowed_networks: policy.allowedNetworks === null ? null : JSON.stringify(policy.allowedNetworks),
    service_keys: policy.serviceKeys,
    updated_at: at,
  };
  await tx
    .insertInto("policies")
    .values({ ...keyOf(scope), ...values })
    .onConflict((conflict) => conflict.columns(["team_id", "namespace_id"]).doUpdateSet(values))
    .execute();
}

export async function deletePolicyOf(tx: Tx, namespaceId: NamespaceId): Promise<void> {
  await tx.deleteFrom("policies").where("namespace_id", "=", namespaceId).execute();
}

/** The teams that want unused keys suspended, somewhere. */
export async function teamsSuspendingUnused(db: Db | Tx): Promise<TeamId[]> {
  const rows = await db
    .selectFrom("policies")
    .select("team_id")
    .distinct()
    .where("suspend_unused_days", "is not", null)
    .execute();
  return rows.map(({ team_id }) => team_id as TeamId);
}
