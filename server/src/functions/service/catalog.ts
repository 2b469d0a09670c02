import type { NamespaceId } from "../../namespaces/index.ts";
import type { ActionToRun, JsonObject, Runtime } from "../../runtime/index.ts";
import { type ChangeFollower, followChanges } from "../../store/changes.ts";
import type { CommittedReader } from "../../store/committed-reader.ts";
import { annotationValue } from "../model/annotations.ts";
import type { Action } from "../model/entities.ts";
import { refuseRetired } from "../model/exec.ts";
import type { FunctionLimits } from "../model/limits.ts";
import { type EntityKey, qualifiedNameOf } from "../model/names.ts";
import { argumentsOf, environmentOf, fixedKeysOf, mergeParameters } from "../model/parameters.ts";
import { prepareCodeLookup } from "../queries/code.ts";
import { prepareEntityLookup } from "../queries/entities.ts";
import { type Resolved, resolveAction } from "./resolve.ts";

/** Everything about an action that does not change from one invocation to the next. */
export type Runnable = {
  readonly action: Action;
  readonly bindingName: string | null;
  readonly toRun: ActionToRun;
  /** Bound arguments; null when there are none, so that the payload is passed on as it is. */
  readonly arguments: JsonObject | null;
  /** Keys that a payload must not contain. */
  readonly fixedKeys: readonly string[];
  readonly apiHost: string;
  /** Qualified names of what this was made from. */
  readonly madeFrom: readonly string[];
  /** What keeping this takes, roughly. */
  readonly bytes: number;
};

/** The code is no longer that of the revision which was to run: it was replaced or deleted meanwhile. */
export class CodeSuperseded extends Error {}

/** Of what is kept in memory; thousands of actions, unless their parameters are large. */
const KEPT_BYTES_MAX = 16 * 1_048_576;
/** What a kept action takes beside its parameters and annotations. */
const RUNNABLE_BYTES = 2048;
const MEGABYTE = 1_048_576;

export type CatalogDeps = {
  committed: CommittedReader;
  runtime: Pick<Runtime, "kinds" | "retire">;
  limits: FunctionLimits;
  apiHost: (namespaceId: NamespaceId) => string;
};

/**
 * Actions made ready to run, kept in memory. Exact: before every look-up it drops what the change feed names, so nothing
 * outlives the commit that changed it, whichever process made it. A fill cannot race with a change, since looking up and
 * reading happen in one turn.
 */
export function createCatalog(deps: CatalogDeps) {
  const { committed, runtime, limits } = deps;
  const find = prepareEntityLookup(committed);
  const findCode = prepareCodeLookup(committed);
  const changes: ChangeFollower = followChanges(committed);
  const kept = new Map<string, Runnable>();
  let keptBytes = 0;
  const retired = new Set(runtime.kinds().flatMap(({ kind, deprecated }) => (deprecated ? [kind] : [])));

  const forget = (name: string, { bytes }: Runnable): void => {
    kept.delete(name);
    keptBytes -= bytes;
  };

  const keep = (name: string, runnable: Runnable): void => {
    kept.set(name, runnable);
    keptBytes += runnable.bytes;
    // The oldest first: whatever is still in use comes back at the price of a few reads.
    for (const [oldest, of] of kept) {
      if (keptBytes <= KEPT_BYTES_MAX) break;
      forget(oldest, of);
    }
  };

  const drop = (name: string, runnable: Runnable): void => {
    const { toRun } = runnable;
    forget(name, runnable);
    runtime.retire(toRun.namespaceId, toRun.qualifiedName);
  };

  const dropWhere = (isStale: (runnable: Runnable) => boolean): void => {
    for (const [name, runnable] of kept) if (isStale(runnable)) drop(name, runnable);
  };

  const catchUp = (): void => {
    const news = changes.news();
    if (news === "unexplained") {
      dropWhere(() => true);
      return;
    }
    for (const { kind, targetId } of news) {
      if (kind === "function") dropWhere(({ madeFrom }) => madeFrom.includes(targetId));
      else if (kind === "namespace") dropWhere(({ toRun }) => toRun.namespaceId === targetId);
    }
  };

  const loadCode = async (codeId: string): Promise<string> => {
    const code = findCode(codeId);
    if (code === undefined) throw new CodeSuperseded();
    return code;
  };

  const prepare = ({ action, package: provider, binding }: Resolved): Runnable => {
    const layers = [provider, binding, action].filter((entity) => entity !== null);
    const parameters = mergeParameters(...layers.map((entity) => entity.parameters));
    const bound = argumentsOf(parameters);
    const qualifiedName = qualifiedNameOf(action.key);
    return {
      action,
      bindingName: binding?.key.name ?? null,
      toRun: {
        namespaceId: action.key.namespaceId,
        qualifiedName: `/${qualifiedName}`,
        version: action.version,
        // Package and binding put variables into the environment, so a change of theirs is one of what runs.
        revision: layers.map(({ revision }) => revision).join("+"),
        kind: action.exec.kind,
        main: action.exec.main ?? "",
        binary: action.exec.binary,
        loadCode: () => loadCode(action.codeId),
        environment: environmentOf(parameters),
        limits: {
          timeoutMs: action.limits.timeoutMs,
          memoryMb: action.limits.memoryMb,
          logsBytes: Math.min(action.limits.logsMb * MEGABYTE, limits.logsKeptBytes),
        },
      },
      arguments: Object.keys(bound).length === 0 ? null : bound,
      fixedKeys: annotationValue(action.annotations, "final") === true ? fixedKeysOf(parameters) : [],
      apiHost: deps.apiHost(action.key.namespaceId),
      madeFrom: layers.map(({ key }) => qualifiedNameOf(key)),
      bytes: RUNNABLE_BYTES + JSON.stringify([parameters, action.annotations]).length,
    };
  };

  return {
    /** What is committed under a name. */
    find,

    /** The action to run under a name. Throws `not_found`, `other_collection` and `kind_retired`. */
    runnable(key: EntityKey): Runnable {
      catchUp();
      const name = qualifiedNameOf(key);
      const known = kept.get(name);
      if (known !== undefined) return known;
      const runnable = prepare(resolveAction(find, key));
      const { kind } = runnable.toRun;
      refuseRetired({ kind, deprecated: retired.has(kind) });
      keep(name, runnable);
      return runnable;
    },

    /** Drops what has changed, without waiting for the next invocation to notice. */
    catchUp,
  };
}

export type Catalog = ReturnType<typeof createCatalog>;
