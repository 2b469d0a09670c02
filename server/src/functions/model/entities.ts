import type { EpochMs } from "../../kernel/clock.ts";
import type { NamespaceId } from "../../namespaces/index.ts";
import type { Annotation } from "./annotations.ts";
import type { Exec } from "./exec.ts";
import type { ActionLimits } from "./limits.ts";
import type { EntityKey, EntityName } from "./names.ts";
import type { Parameter } from "./parameters.ts";

/** What lists show of every entity. */
type Listed = {
  readonly key: EntityKey;
  readonly version: string;
  readonly publish: boolean;
  readonly updatedAt: EpochMs;
  readonly annotations: readonly Annotation[];
};

type Stored = Listed & {
  readonly parameters: readonly Parameter[];
  /** Different after every change; processes of a function are kept per revision. */
  readonly revision: string;
};

type ActionFields = { readonly exec: Exec; readonly limits: ActionLimits };
/** An action without its code, which is a large text of its own, and which sequences do not have. */
export type Action = Stored & ActionFields & { readonly collection: "action"; readonly codeId: string | null };
export type ActionSummary = Listed & ActionFields;

/** The package whose actions a binding stands for. */
export type Binding = { readonly namespaceId: NamespaceId; readonly name: EntityName };
type PackageFields = { readonly binding: Binding | null };
export type Package = Stored & PackageFields & { readonly collection: "package" };
export type PackageSummary = Listed & PackageFields;

/** What fires rules. */
export type Trigger = Stored & { readonly collection: "trigger" };
export type TriggerSummary = Listed;

export type RuleStatus = "active" | "inactive";
/**
 * `isLinked`: whether its trigger knows of it. Deleting a trigger leaves its rules behind without one; another trigger of that
 * name is not theirs until they are activated again.
 */
type RuleFields = {
  readonly trigger: EntityKey;
  readonly action: EntityKey;
  readonly status: RuleStatus;
  readonly isLinked: boolean;
};
/** Has an action run whenever a trigger is fired. */
export type Rule = Stored & RuleFields & { readonly collection: "rule" };
export type RuleSummary = Listed & RuleFields;

/** Whatever has a name; all of them share one keyspace. */
export type Entity = Action | Package | Trigger | Rule;
export type Collection = Entity["collection"];
