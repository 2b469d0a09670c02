import type { ActionShape, ActionSummaryShape } from "@latchkey/contract/openwhisk/actions";
import type { PackageShape, PackageSummaryShape } from "@latchkey/contract/openwhisk/packages";
import type { JsonValue } from "../../runtime/index.ts";
import type { Action, ActionSummary, Binding, PackageSummary } from "../model/entities.ts";
import { type Exec, isSequence } from "../model/exec.ts";
import { type ActionLimits, CONCURRENCY } from "../model/limits.ts";
import { type EntityKey, qualifiedNameOf } from "../model/names.ts";
import type { Parameter } from "../model/parameters.ts";
import type { ActionWithCode, ShownAction } from "../service/actions.ts";

type Listed = Pick<ActionSummary, "key" | "version" | "publish" | "updatedAt" | "annotations">;

/** What every entity says of itself. */
export const listed = ({ key, version, publish, updatedAt, annotations }: Listed) => ({
  namespace: namespaceOf(key),
  name: key.name,
  version,
  publish,
  updated: updatedAt,
  annotations: [...annotations],
});

const namespaceOf = ({ namespaceId, packageName }: EntityKey): string =>
  packageName === "" ? namespaceId : `${namespaceId}/${packageName}`;

/** An entity as others refer to it. */
export const toPath = (key: EntityKey): { path: string; name: string } => ({ path: namespaceOf(key), name: key.name });

export const toParameter = ({ key, value, init }: Parameter): { key: string; value: JsonValue; init?: true } =>
  init ? { key, value, init } : { key, value };

export const toLimits = ({ timeoutMs, memoryMb, logsMb }: ActionLimits) => ({
  timeout: timeoutMs,
  memory: memoryMb,
  logs: logsMb,
  concurrency: CONCURRENCY,
});

const toAction = (action: Action, parameters: readonly Parameter[], code: string | null): ActionShape => ({
  ...listed(action),
  parameters: parameters.map(toParameter),
  limits: toLimits(action.limits),
  exec: toExec(action.exec, code),
});

/** A component is named from the namespace on, with a slash in front (openwhisk-api 4.4). */
function toExec(exec: Exec, code: string | null): ActionShape["exec"] {
  if (isSequence(exec)) {
    return { kind: exec.kind, components: exec.components.map((key) => `/${qualifiedNameOf(key)}`) };
  }
  const { kind, binary, main } = exec;
  return { kind, ...(code === null ? {} : { code }), binary, ...(main === null ? {} : { main }) };
}

/** As PUT and DELETE answer: what is stored, and nothing of its package. */
export const toStoredAction = ({ action, code }: ActionWithCode): ActionShape =>
  toAction(action, action.parameters, code);

/** As GET answers; without its code it also says through which binding it was found. */
export const toShownAction = ({ action, binding, parameters, code }: ShownAction): ActionShape => ({
  ...toAction(action, parameters, code),
  ...(binding === null || code !== null ? {} : { binding: qualifiedNameOf(binding.key) }),
});

export const toActionSummary = (action: ActionSummary): ActionSummaryShape => ({
  ...listed(action),
  limits: toLimits(action.limits),
  // A sequence has none; clients of lists look at the kind among the annotations.
  exec: { binary: !isSequence(action.exec) && action.exec.binary },
});

const toBinding = ({ namespaceId, name }: Binding) => ({ namespace: namespaceId, name });

export const toPackage = (found: PackageSummary, parameters: readonly Parameter[]): PackageShape => ({
  ...listed(found),
  parameters: parameters.map(toParameter),
  binding: found.binding === null ? {} : toBinding(found.binding),
});

/** In lists an ordinary package has `false` where single documents have `{}` (openwhisk-api 7.3). */
export const toPackageSummary = (found: PackageSummary): PackageSummaryShape => ({
  ...listed(found),
  binding: found.binding === null ? false : toBinding(found.binding),
});

/** An action as its package lists it. */
export const toContent = ({ key, version, annotations }: ActionSummary) => ({
  name: key.name,
  version,
  annotations: [...annotations],
});
