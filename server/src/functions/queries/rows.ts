import type { NamespaceId } from "../../namespaces/index.ts";
import type { NewRow, Row } from "../../store/tables.ts";
import type {
  ActionSummary,
  Binding,
  Entity,
  PackageSummary,
  Rule,
  RuleStatus,
  RuleSummary,
  TriggerSummary,
} from "../model/entities.ts";
import type { Exec } from "../model/exec.ts";
import type { ActionLimits } from "../model/limits.ts";
import type { EntityKey, EntityName } from "../model/names.ts";

export type EntityRow = Row<"entities">;
/** Without parameters, which may be a megabyte each. */
export type ListedRow = Omit<EntityRow, "parameters" | "revision" | "code_id">;

type ActionBody = { exec: Exec; limits: ActionLimits };
type PackageBody = { binding: Binding | null };
type RuleBody = { trigger: EntityKey; action: EntityKey; status: RuleStatus };

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

export const toTriggerSummary = (row: ListedRow): TriggerSummary => listed(row);

export const toRuleSummary = (row: ListedRow): RuleSummary => ({
  ...listed(row),
  ...(JSON.parse(row.body) as RuleBody),
  isLinked: row.trigger_name !== null,
});

const stored = (row: EntityRow) => ({ parameters: JSON.parse(row.parameters), revision: row.revision });

export const toRule = (row: EntityRow): Rule => ({ ...toRuleSummary(row), ...stored(row), collection: "rule" });

export function toEntity(row: EntityRow): Entity {
  switch (row.collection) {
    case "action":
      return { ...toActionSummary(row), ...stored(row), collection: "action", codeId: row.code_id };
    case "package":
      return { ...toPackageSummary(row), ...stored(row), collection: "package" };
    case "trigger":
      return { ...toTriggerSummary(row), ...stored(row), collection: "trigger" };
    case "rule":
      return toRule(row);
  }
}

function bodyOf(entity: Entity): ActionBody | PackageBody | RuleBody | Record<string, never> {
  switch (entity.collection) {
    case "action":
      return { exec: entity.exec, limits: entity.limits };
    case "package":
      return { binding: entity.binding };
    case "trigger":
      return {};
    case "rule":
      return { trigger: entity.trigger, action: entity.action, status: entity.status };
  }
}

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
  trigger_name: entity.collection === "rule" && entity.isLinked ? entity.trigger.name : null,
});
