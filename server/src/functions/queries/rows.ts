import type { NamespaceId } from "../../namespaces/index.ts";
import type { NewRow, Row } from "../../store/tables.ts";
import type { Action, ActionSummary, Binding, Entity, Package, PackageSummary } from "../model/entities.ts";
import type { Exec } from "../model/exec.ts";
import type { ActionLimits } from "../model/limits.ts";
import type { EntityKey, EntityName } from "../model/names.ts";

export type EntityRow = Row<"entities">;
/** Without parameters, which may be a megabyte each. */
export type ListedRow = Omit<EntityRow, "parameters" | "revision" | "code_id">;

type ActionBody = { exec: Exec; limits: ActionLimits };
type PackageBody = { binding: Binding | null };

const keyOf = (row: Pick<EntityRow, "namespace_id" | "package" | "name">): EntityKey => ({
  namespaceId: row.namespace_id as NamespaceId,
  packageName: row.package as EntityName | "",
  name: row.name as EntityName,
});

const listed = (row: ListedRow) => ({
  key: keyOf(row),
  version: row.version,
  publish: row.publish === 1,
  updatedAt: row.updated_at,
  annotations: JSON.parse(row.annotations),
});

export const toActionSummary = (row: ListedRow): ActionSummary => ({
  ...listed(row),
  ...(JSON.parse(row.body) as ActionBody),
});

export const toPackageSummary = (row: ListedRow): PackageSummary => ({
  ...listed(row),
  ...(JSON.parse(row.body) as PackageBody),
});

export function toEntity(row: EntityRow): Entity {
  const stored = { ...listed(row), parameters: JSON.parse(row.parameters), revision: row.revision };
  return row.collection === "action"
    ? { ...stored, ...(JSON.parse(row.body) as ActionBody), collection: "action", codeId: row.code_id ?? "" }
    : { ...stored, ...(JSON.parse(row.body) as PackageBody), collection: "package" };
}

const bodyOf = (entity: Action | Package): ActionBody | PackageBody =>
  entity.collection === "action" ? { exec: entity.exec, limits: entity.limits } : { binding: entity.binding };

export const toRow = (entity: Entity): NewRow<"entities"> => ({
  namespace_id: entity.key.namespaceId,
  package: entity.key.packageName,
  name: entity.key.name,
  collection: entity.collection,
  version: entity.version,
  publish: entity.publish ? 1 : 0,
  updated_at: entity.updatedAt,
  annotations: JSON.stringify(entity.annotations),
  parameters: JSON.stringify(entity.parameters),
  body: JSON.stringify(bodyOf(entity)),
  revision: entity.revision,
  code_id: entity.collection === "action" ? entity.codeId : null,
});
