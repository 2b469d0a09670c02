import type { Audit } from "../../audit/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import { type Random, randomHex } from "../../kernel/random.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import type { RuntimeKind } from "../../runtime/index.ts";
import type { Store } from "../../store/store.ts";
import type { Tx } from "../../store/transaction.ts";
import { functionErrors } from "../errors.ts";
import { readableIn, requireMay, requireMayPackage, sightOf } from "../model/access.ts";
import { type Annotation, actionAnnotations } from "../model/annotations.ts";
import type { Action, ActionSummary } from "../model/entities.ts";
import { type AskedExec, type Exec, readExec, refuseRetired } from "../model/exec.ts";
import {
  ANNOTATIONS_BYTES_MAX,
  type AskedLimits,
  CODE_BYTES_MAX,
  checkLimits,
  checkSize,
  chooseLimits,
  type FunctionLimits,
  PARAMETERS_BYTES_MAX,
} from "../model/limits.ts";
import { type EntityKey, packageKeyOf } from "../model/names.ts";
import { mergeParameters, type Parameter } from "../model/parameters.ts";
import { FIRST_VERSION, nextVersion } from "../model/version.ts";
import { findCode, insertCode, prepareCodeLookup, removeCode } from "../queries/code.ts";
import { countEntities, findEntity, listActions, removeEntity, saveEntity } from "../queries/entities.ts";
import type { Catalog } from "./catalog.ts";
import { announce, type Cause } from "./change.ts";
import { type Resolved, requireAction, requirePackage, resolveAction, resolvePackage } from "./resolve.ts";
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

export type ActionWithCode = { readonly action: Action; readonly code: string };
/** An action as GET shows it: with the parameters of its package and binding under its own. */
export type ShownAction = Resolved & { readonly parameters: readonly Parameter[]; readonly code: string | null };

export type Page = { readonly skip: number; readonly limit: number };

export type EntityDeps = {
  store: Pick<Store, "db" | "transaction" | "committed">;
  clock: Clock;
  random: Random;
  audit: Audit;
  catalog: Catalog;
  touches: Pick<Touches, "note">;
};

/** Deploying, showing, listing and deleting actions. */
export function createActions(deps: EntityDeps & { kinds: readonly RuntimeKind[]; limits: FunctionLimits }) {
  const { store, clock, random, audit, catalog, touches, limits } = deps;
  const readCode = prepareCodeLookup(store.committed);

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
    const { key } = resolvePackage(catalog.find, packageKey).package;
    const content = await listActions(store.db, { namespaceId: key.namespaceId, packageName: key.name }, null);
    return readableIn(caller, packageKey, content);
  };

  return {
    /** Creates an action or, with `overwrite`, a new version of it. Nothing of it is there unless all of it is. */
    async put(cause: Cause, key: EntityKey, change: ActionChange, overwrite: boolean): Promise<ActionWithCode> {
      requireMay(cause.caller, "deploy", key);
      checkSizes(change);
      checkLimits(change.limits, limits);
      const asked = change.exec === null ? null : readExec(change.exec, deps.kinds);
      if (asked !== null) checkSize("exec", Buffer.byteLength(asked.code), CODE_BYTES_MAX);

      const stored = await store.transaction(async (tx) => {
        await requireOwnPackage(tx, key);
        const found = await findEntity(tx, key);
        const former = found === undefined ? null : requireAction(found);
        if (former !== null && !overwrite) throw functionErrors.exists();
        const exec = asked?.exec ?? former?.exec;
        if (exec === undefined) throw functionErrors.exec_undefined();
        refuseRetired({ kind: exec.kind, deprecated: isRetired(exec.kind, deps.kinds) });

        const codeId = asked === null && former !== null ? former.codeId : randomHex(random, 16);
        if (asked !== null) await insertCode(tx, codeId, asked.code);
        const at = clock.now();
        const action: Action = {
          ...next({ key, change, former, exec, limits }),
          codeId,
          revision: randomHex(random, 16),
          updatedAt: at,
        };
        await saveEntity(tx, action);
        if (former !== null && former.codeId !== codeId) await removeCode(tx, former.codeId);
        await announce(tx, audit, cause, { did: former === null ? "create" : "update", entity: action, at });
        return { action, code: asked?.code ?? (await findCode(tx, codeId)) };
      });
      catalog.catchUp();
      touches.note(cause.caller, "deploy", key);
      return stored;
    },

    async delete(cause: Cause, key: EntityKey): Promise<ActionWithCode> {
      requireMay(cause.caller, "deploy", key);
      const deleted = await store.transaction(async (tx) => {
        await requireOwnPackage(tx, key);
        const action = requireAction(await findEntity(tx, key));
        const code = await findCode(tx, action.codeId);
        await removeEntity(tx, key);
        await removeCode(tx, action.codeId);
        await announce(tx, audit, cause, { did: "delete", entity: action, at: clock.now() });
        return { action, code };
      });
      catalog.catchUp();
      touches.note(cause.caller, "delete", key);
      return deleted;
    },

    get(caller: NamespacePrincipal, key: EntityKey, withCode: boolean): ShownAction {
      requireMay(caller, "read", key);
      const resolved = resolveAction(catalog.find, key);
      const { action, package: provider, binding } = resolved;
      if (binding !== null) requireMay(caller, "read", action.key);
      return {
        ...resolved,
        parameters: mergeParameters(provider?.parameters ?? [], binding?.parameters ?? [], action.parameters),
        code: withCode ? (readCode(action.codeId) ?? null) : null,
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

const isRetired = (kind: string, kinds: readonly RuntimeKind[]): boolean =>
  kinds.some((known) => known.kind === kind && known.deprecated);

/** Throws `function.too_large` for parameters or annotations that are. */
export function checkSizes({ parameters, annotations }: Pick<ActionChange, "parameters" | "annotations">): void {
  checkSize("parameters", sizeOf(parameters), PARAMETERS_BYTES_MAX);
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
    parameters: change.parameters === null ? (former?.parameters ?? []) : mergeParameters(change.parameters),
    exec,
    limits: chooseLimits(change.limits, former?.limits ?? null, limits),
  };
}
