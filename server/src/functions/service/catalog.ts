import type { NamespaceId } from "../../namespaces/index.ts";
import type { ActionToRun, JsonObject, Runtime } from "../../runtime/index.ts";
import { type ChangeFollower, followChanges } from "../../store/changes.ts";
import type { CommittedReader } from "../../store/committed-reader.ts";
import { annotationValue, isTruthy } from "../model/annotations.ts";
import type { Action } from "../model/entities.ts";
import { isSequence, refuseRetired } from "../model/exec.ts";
import type { FunctionLimits } from "../model/limits.ts";
import { type EntityKey, qualifiedNameOf } from "../model/names.ts";
import { argumentsOf, environmentOf, fixedKeysOf, mergeParameters } from "../model/parameters.ts";
import { prepareCodeLookup } from "../queries/code.ts";
import { prepareEntityLookup } from "../queries/entities.ts";
import { type Resolved, resolveAction } from "./resolve.ts";

/** Everything about an action that does not change from one invocation to the next. */
type Prepared = {
  /** The namespace it runs for; another one's where a shared package is used. */
  readonly namespaceId: NamespaceId;
  readonly action: Action;
  readonly bindingName: string | null;
  /** Keys that a payload must not contain. */
  readonly fixedKeys: readonly string[];
  /** Qualified names of what this was made from. */
  readonly madeFrom: readonly string[];
  /** What keeping this takes, roughly. */
  readonly bytes: number;
};

/** An action with code of its own. */
export type RunnableCode = Prepared & {
  readonly form: "code";
  readonly toRun: ActionToRun;
  /** Bound arguments; null when there are none, so that the payload is passed on as it is. */
  readonly arguments: JsonObject | null;
  readonly apiHost: string;
  /** Whether it decides what runs next, until it says that nothing does. */
  readonly isConductor: boolean;
  /** Whether it is given a token to call this server with. */
  readonly wantsApiKey: boolean;
};

export type RunnableSequence = Prepared & { readonly form: "sequence"; readonly components: readonly EntityKey[] };
export type Runnable = RunnableCode | RunnableSequence;

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
    forget(name, runnable);
    if (runnable.form === "sequence") return;
    const { toRun } = runnable;
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
      else if (kind === "namespace") {
        dropWhere(({ namespaceId, action }) => namespaceId === targetId || action.key.namespaceId === targetId);
      }
    }
  };

  const loadCode = async (codeId: string | null): Promise<string> => {
    const code = codeId === null ? undefined : findCode(codeId);
    if (code === undefined) throw new CodeSuperseded();
    return code;
  };

  const prepare = ({ action, package: provider, binding }: Resolved, namespaceId: NamespaceId): Runnable => {
    const layers = [provider, binding, action].filter((entity) => entity !== null);
    const parameters = mergeParameters(...layers.map((entity) => entity.parameters));
    const bound = argumentsOf(parameters);
    const { exec } = action;
    const isOwn = action.key.namespaceId === namespaceId;
    const prepared = {
      namespaceId,
      action,
      bindingName: binding?.key.name ?? null,
      fixedKeys: annotationValue(action.annotations, "final") === true ? fixedKeysOf(parameters) : [],
      madeFrom: layers.map(({ key }) => qualifiedNameOf(key)),
      bytes: RUNNABLE_BYTES + JSON.stringify([parameters, action.annotations]).length,
    };
    // What is bound to a sequence or its package reaches no function: each component has its own.
    if (isSequence(exec)) return { ...prepared, form: "sequence", components: exec.components };
    return {
      ...prepared,
      form: "code",
      toRun: {
        namespaceId,
        qualifiedName: `/${qualifiedNameOf(action.key)}`,
        version: action.version,
        // Package and binding put variables into the environment, so a change of theirs is one of what runs.
        revision: layers.map(({ revision }) => revision).join("+"),
        kind: exec.kind,
        main: exec.main ?? "",
        binary: exec.binary,
        loadCode: () => loadCode(action.codeId),
        environment: environmentOf(parameters),
        limits: {
          timeoutMs: action.limits.timeoutMs,
          memoryMb: action.limits.memoryMb,
          logsBytes: Math.min(action.limits.logsMb * MEGABYTE, limits.logsKeptBytes),
        },
      },
      arguments: Object.keys(bound).length === 0 ? null : bound,
      apiHost: deps.apiHost(namespaceId),
      // What another namespace shares is neither told to run what is here nor handed its caller's rights.
      isConductor: isOwn && isTruthy(annotationValue(action.annotations, "conductor")),
      wantsApiKey: isOwn && isTruthy(annotationValue(action.annotations, "provide-api-key")),
    };
  };

  return {
    /** What is committed under a name. */
    find,

    /**
     * The action to run under a name, for a namespace. Throws `not_found`, `other_collection` and `kind_retired`, and
     * `not_authorized` for what is in another namespace and not shared.
     */
    runnable(key: EntityKey, namespaceId: NamespaceId): Runnable {
      catchUp();
      const own = qualifiedNameOf(key);
      const name = key.namespaceId === namespaceId ? own : `${own} for ${namespaceId}`;
      const known = kept.get(name);
      if (known !== undefined) return known;
      const runnable = prepare(resolveAction(find, key, namespaceId), namespaceId);
      const { kind } = runnable.action.exec;
      refuseRetired({ kind, deprecated: retired.has(kind) });
      keep(name, runnable);
      return runnable;
    },

    /** Drops what has changed, without waiting for the next invocation to notice. */
    catchUp,
  };
}

export type Catalog = ReturnType<typeof createCatalog>;
