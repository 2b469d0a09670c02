import type { Audit } from "../../audit/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import { type Random, randomHex } from "../../kernel/random.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import type { RuntimeKind } from "../../runtime/index.ts";
import type { Store } from "../../store/store.ts";
import type { Tx } from "../../store/transaction.ts";
import { functionErrors } from "../errors.ts";
import {
  readableIn,
  refusal,
  requireMay,
  requireMayPackage,
  requireMayPutAllToUse,
  requireMayPutToUse,
  sightOf,
} from "../model/access.ts";
import {
  type Annotation,
  actionAnnotations,
  annotationValue,
  isTruthy,
  sharedAnnotations,
} from "../model/annotations.ts";
import type { Action, ActionSummary } from "../model/entities.ts";
import { type AskedExec, type Exec, isSequence, readCode, readComponents, refuseRetired } from "../model/exec.ts";
import {
  ANNOTATIONS_BYTES_MAX,
  type AskedLimits,
  checkLimits,
  checkSize,
  chooseLimits,
  type FunctionLimits,
} from "../model/limits.ts";
import { type EntityKey, packageKeyOf, pathOf } from "../model/names.ts";
import { mergeParameters, type Parameter } from "../model/parameters.ts";
import { FIRST_VERSION, nextVersion } from "../model/version.ts";
import { findCode, insertCode, prepareCodeLookup, removeCode } from "../queries/code.ts";
import { countEntities, findEntity, listActions, removeEntity, saveEntity } from "../queries/entities.ts";
import type { Catalog } from "./catalog.ts";
import { announce, type Cause, type Judge, type MakeChange } from "./change.ts";
import { type Resolved, requireAction, requirePackage, resolveAction, resolvePackage } from "./resolve.ts";
import { checkSequence, readSequence, sequenceParameters } from "./sequence-definitions.ts";
import type { Touches } from "./touches.ts";

/** What a PUT asks for; null leaves a field as it is, or as it is by default. */
export type ActionChange = {
  readonly exec: AskedExec | null;
  readonly parameters: readonly Parameter[] | null;
  readonly annotations: readonly Annotation[] | null;
  readonly deletedAnnotations: readonly string[];
  readonly limits: AskedLimits;
  readonly version: string | null;
  readonly publish: boolean | null;
};

/** Null is the code of a sequence. */
export type ActionWithCode = { readonly action: Action; readonly code: string | null };
/** An action as GET shows it: with the parameters of its package and binding under its own. */
export type ShownAction = Resolved & { readonly parameters: readonly Parameter[]; readonly code: string | null };

export type Page = { readonly skip: number; readonly limit: number };

/** What creating, showing and deleting entities of every kind takes. */
export type EntityDeps = {
  store: Pick<Store, "db" | "committed">;
  clock: Clock;
  random: Random;
  audit: Audit;
  catalog: Catalog;
  touches: Pick<Touches, "note">;
  limits: FunctionLimits;
  makeChange: MakeChange;
};

/** Deploying, showing, listing and deleting actions. */
export function createActions(deps: EntityDeps & { kinds: readonly RuntimeKind[] }) {
  const { store, clock, random, audit, catalog, limits, touches, makeChange } = deps;
  const readStoredCode = prepareCodeLookup(store.committed);

  const storeCode = async (tx: Tx, code: string | null): Promise<string | null> => {
    if (code === null) return null;
    const id = randomHex(random, 16);
    await insertCode(tx, id, code);
    return id;
  };

  /** Refuses a package that is not there, or that only stands for another. */
  const requireOwnPackage = async (tx: Tx, key: EntityKey): Promise<void> => {
    const packageKey = packageKeyOf(key);
    if (packageKey === null) return;
    const found = requirePackage(await findEntity(tx, packageKey), packageKey);
    if (found.binding !== null) throw functionErrors.not_through_binding();
  };

  /** The actions of a package that the caller may read. */
  const listIn = async (caller: NamespacePrincipal, packageKey: EntityKey): Promise<readonly ActionSummary[]> => {
    // Only who may read the whole package is told that there is none.
    if (catalog.find(packageKey)?.collection !== "package") requireMayPackage(caller, "read", packageKey);
    const { key } = resolvePackage(catalog.find, packageKey, caller.namespaceId).package;
    const content = await listActions(store.db, { namespaceId: key.namespaceId, packageName: key.name }, null);
    if (key.namespaceId === caller.namespaceId) return readableIn(caller, packageKey, content);
    const shared = content.map((action) => ({ ...action, annotations: sharedAnnotations(action.annotations) }));
    return readableIn(caller, packageKey, shared);
  };

  /** What is to run, if the request says so. Throws what is wrong with it, and `not_authorized`. */
  const readExec = (caller: NamespacePrincipal, asked: AskedExec | null): Asked | null => {
    if (asked === null) return null;
    const names = readComponents(asked);
    if (names !== undefined) return { exec: readSequence(caller, names, limits.sequenceLength), code: null };
    const read = readCode(asked, deps.kinds);
    checkSize("exec", Buffer.byteLength(read.code), limits.codeBytes);
    return read;
  };

  /** Refuses to have run what the caller could not have run: by a sequence, or by a conductor, which runs whatever it names. */
  const checkWhatItRuns = (
    { caller }: Cause,
    { key, exec, annotations }: Pick<Action, "key" | "exec" | "annotations">,
  ) => {
    if (isSequence(exec)) {
      requireMayPutToUse(caller, exec.components);
      checkSequence(catalog.find, key, exec, limits.sequenceLength);
    } else if (isTruthy(annotationValue(annotations, "conductor"))) requireMayPutAllToUse(caller, pathOf(key));
  };

  return {
    /** Creates an action or, with `overwrite`, a new version of it. Nothing of it is there unless all of it is. */
    async put(cause: Cause, key: EntityKey, change: ActionChange, overwrite: boolean): Promise<ActionWithCode> {
      const judge: Judge = (caller) => requireMay(caller, "deploy", key);
      judge(cause.caller);
      checkSizes(change, limits);
      checkLimits(change.limits, limits);
      const asked = readExec(cause.caller, change.exec);

      const stored = await makeChange(cause, judge, async (tx, cause) => {
        await requireOwnPackage(tx, key);
        const found = await findEntity(tx, key);
        const former = found === undefined ? null : requireAction(found);
        if (former !== null && !overwrite) throw functionErrors.exists();
        const exec = asked?.exec ?? former?.exec;
        if (exec === undefined) throw functionErrors.exec_undefined();
        refuseRetired({ kind: exec.kind, deprecated: isRetired(exec.kind, deps.kinds) });

        const codeId = asked === null ? (former?.codeId ?? null) : await storeCode(tx, asked.code);
        const at = clock.now();
        const action: Action = {
          ...next({ key, change, former, exec, limits }),
          codeId,
          revision: randomHex(random, 16),
          updatedAt: at,
        };
        checkWhatItRuns(cause, action);
        await saveEntity(tx, action);
        if (former?.codeId && former.codeId !== codeId) await removeCode(tx, former.codeId);
        await announce(tx, audit, cause, { did: former === null ? "create" : "update", entity: action, at });
        return { action, code: asked === null ? await codeOf(tx, action) : asked.code };
      });
      catalog.catchUp();
      touches.note(cause.caller, "deploy", key);
      return stored;
    },

    async delete(cause: Cause, key: EntityKey): Promise<ActionWithCode> {
      const judge: Judge = (caller) => requireMay(caller, "deploy", key);
      judge(cause.caller);
      const deleted = await makeChange(cause, judge, async (tx, cause) => {
        await requireOwnPackage(tx, key);
        const action = requireAction(await findEntity(tx, key));
        const code = await codeOf(tx, action);
        await removeEntity(tx, key);
        if (action.codeId !== null) await removeCode(tx, action.codeId);
        await announce(tx, audit, cause, { did: "delete", entity: action, at: clock.now() });
        return { action, code };
      });
      catalog.catchUp();
      touches.note(cause.caller, "delete", key);
      return deleted;
    },

    get(caller: NamespacePrincipal, key: EntityKey, withCode: boolean): ShownAction {
      requireMay(caller, "read", key);
      const resolved = resolveAction(catalog.find, key, caller.namespaceId);
      const { action, package: provider, binding } = resolved;
      // What another namespace shares may be run, not read: its code and parameters are that namespace's own.
      if (action.key.namespaceId !== caller.namespaceId) throw refusal(action.key.namespaceId, pathOf(action.key));
      if (binding !== null) requireMay(caller, "read", action.key);
      return {
        ...resolved,
        parameters: mergeParameters(provider?.parameters ?? [], binding?.parameters ?? [], action.parameters),
        code: withCode && action.codeId !== null ? (readStoredCode(action.codeId) ?? null) : null,
      };
    },

    /** The actions the caller may read: of the package at `packageKey`, or of the whole namespace. */
    async list(
      caller: NamespacePrincipal,
      packageKey: EntityKey | null,
      page: Page,
    ): Promise<readonly ActionSummary[]> {
      const end = page.skip + page.limit;
      if (packageKey !== null) return (await listIn(caller, packageKey)).slice(page.skip, end);
      const sight = sightOf(caller, "action");
      const everywhere = { namespaceId: caller.namespaceId, packageName: null };
      if (sight === "everything") return listActions(store.db, everywhere, page);
      return (await listActions(store.db, everywhere, null)).filter(({ key }) => sight.sees(key)).slice(page.skip, end);
    },

    async count(caller: NamespacePrincipal, packageKey: EntityKey | null): Promise<number> {
      if (packageKey !== null) return (await listIn(caller, packageKey)).length;
      const sight = sightOf(caller, "action");
      const everywhere = { namespaceId: caller.namespaceId, packageName: null };
      if (sight === "everything") return countEntities(store.db, "action", everywhere);
      return (await listActions(store.db, everywhere, null)).filter(({ key }) => sight.sees(key)).length;
    },
  };
}

/** What a request wants to run; null is the code of a sequence. */
type Asked = { readonly exec: Exec; readonly code: string | null };

const codeOf = async (tx: Tx, { codeId }: Action): Promise<string | null> =>
  codeId === null ? null : findCode(tx, codeId);

const isRetired = (kind: string, kinds: readonly RuntimeKind[]): boolean =>
  kinds.some((known) => known.kind === kind && known.deprecated);

/** Throws `function.too_large` for parameters or annotations that are. */
export function checkSizes(
  { parameters, annotations }: Pick<ActionChange, "parameters" | "annotations">,
  limits: Pick<FunctionLimits, "parametersBytes">,
): void {
  checkSize("parameters", sizeOf(parameters), limits.parametersBytes);
  checkSize("annotations", sizeOf(annotations), ANNOTATIONS_BYTES_MAX);
}

/** Keys and values count, whatever is around them (OpenWhisk's `Parameters.size`). */
const sizeOf = (list: readonly Annotation[] | null): number =>
  (list ?? []).reduce((sum, { key, value }) => sum + Buffer.byteLength(key + JSON.stringify(value)), 0);

/** The action that follows from the former one, if any, and what is asked for. */
function next(input: {
  key: EntityKey;
  change: ActionChange;
  former: Action | null;
  exec: Exec;
  limits: FunctionLimits;
}): Omit<Action, "codeId" | "revision" | "updatedAt"> {
  const { key, change, former, exec, limits } = input;
  return {
    key,
    collection: "action",
    version: change.version ?? (former === null ? FIRST_VERSION : nextVersion(former.version)),
    publish: change.publish ?? former?.publish ?? false,
    annotations: actionAnnotations({
      stored: former?.annotations ?? [],
      deleted: change.deletedAnnotations,
      given: change.annotations ?? [],
      kind: exec.kind,
    }),
    parameters: nextParameters(exec, change, former),
    exec,
    // Each component of a sequence has limits of its own.
    limits: isSequence(exec)
      ? chooseLimits(NONE_ASKED, null, limits)
      : chooseLimits(change.limits, limitsOf(former), limits),
  };
}

const NONE_ASKED: AskedLimits = { timeoutMs: null, memoryMb: null, logsMb: null, concurrency: null };

/** What was the server's choice, of a sequence, is none of whoever makes it a function. */
const ofCode = (former: Action | null): Action | null => (former === null || isSequence(former.exec) ? null : former);
const limitsOf = (former: Action | null): Action["limits"] | null => ofCode(former)?.limits ?? null;

function nextParameters(exec: Exec, change: ActionChange, former: Action | null): readonly Parameter[] {
  if (isSequence(exec)) return sequenceParameters(exec);
  return change.parameters === null ? (ofCode(former)?.parameters ?? []) : mergeParameters(change.parameters);
}
