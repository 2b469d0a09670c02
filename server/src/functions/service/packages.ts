import { randomHex } from "../../kernel/random.ts";
import { mayDoToAll, type NamespaceId, type NamespacePrincipal } from "../../namespaces/index.ts";
import type { Tx } from "../../store/transaction.ts";
import { functionErrors } from "../errors.ts";
import { keyAnywhere, refusal, requireMayPackage, sightOf } from "../model/access.ts";
import { type Annotation, annotationValue, packageAnnotations, sharedAnnotations } from "../model/annotations.ts";
import type { ActionSummary, Binding, Package, PackageSummary } from "../model/entities.ts";
import type { EntityKey } from "../model/names.ts";
import { mergeParameters, type Parameter } from "../model/parameters.ts";
import { FIRST_VERSION, nextVersion } from "../model/version.ts";
import { removeCode } from "../queries/code.ts";
import { countEntities, findEntity, listActions, listPackages, removeEntity, saveEntity } from "../queries/entities.ts";
import { checkSizes, type EntityDeps, type Page } from "./actions.ts";
import { announce, type Cause, type Judge } from "./change.ts";
import { isShared, resolvePackage } from "./resolve.ts";

/** What a PUT asks for; null leaves a field as it is, or as it is by default. */
export type PackageChange = {
  /** As the client spells it: `_` is its own namespace. */
  readonly binding: { readonly namespace: string; readonly name: string } | null;
  readonly parameters: readonly Parameter[] | null;
  readonly annotations: readonly Annotation[] | null;
  readonly version: string | null;
  readonly publish: boolean | null;
};

/** A package as GET shows it: a binding with the actions of what it is bound to, and their parameters under its own. */
export type ShownPackage = {
  readonly package: Package;
  readonly parameters: readonly Parameter[];
  readonly actions: readonly ActionSummary[];
  readonly feeds: readonly ActionSummary[];
};

/** Packages: names under which actions lie, parameters they share, and bindings of other packages. */
export function createPackages(deps: EntityDeps) {
  const { store, clock, random, audit, catalog, limits, touches, makeChange } = deps;

  const requirePlain = (name: string): void => {
    if (name === "default") throw functionErrors.package_name_reserved();
  };

  const requireOne = async (tx: Tx, key: EntityKey): Promise<Package> => {
    const found = await findEntity(tx, key);
    if (found === undefined) throw functionErrors.not_found();
    if (found.collection !== "package") throw functionErrors.other_collection();
    return found;
  };

  /** What to bind to, if the caller may: a binding opens what it is bound to, so it takes the right to read that. */
  const readTarget = (caller: NamespacePrincipal, asked: PackageChange["binding"]): Binding | null => {
    if (asked === null) return null;
    const target = keyAnywhere(caller, asked.namespace, "", asked.name);
    const { namespaceId, name } = target;
    if (namespaceId === caller.namespaceId) requireMayPackage(caller, "read", target);
    else if (!isShared(catalog.find(target))) throw refusal(namespaceId, name);
    return { namespaceId, name };
  };

  const checkTarget = async (tx: Tx, target: Binding): Promise<void> => {
    const found = await findEntity(tx, { ...target, packageName: "" });
    if (found === undefined) throw functionErrors.binding_target_unknown();
    if (found.collection !== "package") throw functionErrors.binding_to_other();
    if (found.binding !== null) throw functionErrors.binding_to_binding();
  };

  /** Gives the keys of what was inside. */
  const empty = async (tx: Tx, cause: Cause, { key }: Package, force: boolean): Promise<EntityKey[]> => {
    const inside = await listActions(tx, { namespaceId: key.namespaceId, packageName: key.name }, null);
    if (inside.length === 0) return [];
    if (!force) {
      const entities = inside.length === 1 ? "entity" : "entities";
      throw functionErrors.package_not_empty({
        says: `Package not empty (contains ${inside.length} ${entities}). Set force param or delete package contents.`,
      });
    }
    for (const { key: inner } of inside) {
      const action = await findEntity(tx, inner);
      if (action?.collection !== "action") continue;
      await removeEntity(tx, inner);
      if (action.codeId !== null) await removeCode(tx, action.codeId);
      await announce(tx, audit, cause, { did: "delete", entity: action, at: clock.now() });
    }
    return inside.map(({ key: inner }) => inner);
  };

  const sharedFor = async (
    { grants }: NamespacePrincipal,
    namespaceId: NamespaceId,
  ): Promise<readonly PackageSummary[]> => {
    if (!mayDoToAll(grants, "read", "")) throw functionErrors.not_authorized();
    return (await listPackages(store.db, namespaceId, null)).filter(
      ({ publish, binding }) => publish && binding === null,
    );
  };

  return {
    async put(cause: Cause, key: EntityKey, change: PackageChange, overwrite: boolean): Promise<Package> {
      requirePlain(key.name);
      const judge: Judge = (caller) => requireMayPackage(caller, "deploy", key);
      judge(cause.caller);
      checkSizes(change, limits);

      const stored = await makeChange(cause, judge, async (tx, cause) => {
        const target = readTarget(cause.caller, change.binding);
        const found = await findEntity(tx, key);
        if (found !== undefined && found.collection !== "package") throw functionErrors.other_collection();
        const former = found ?? null;
        if (former !== null && !overwrite) throw functionErrors.exists();
        if (target !== null && former !== null && former.binding === null) throw functionErrors.package_not_binding();
        if (target !== null) await checkTarget(tx, target);

        const at = clock.now();
        const saved: Package = {
          ...next({ key, change, former, binding: target ?? former?.binding ?? null }),
          revision: randomHex(random, 16),
          updatedAt: at,
        };
        await saveEntity(tx, saved);
        await announce(tx, audit, cause, { did: former === null ? "create" : "update", entity: saved, at });
        return saved;
      });
      catalog.catchUp();
      return stored;
    },

    /** With `force`, also deletes what is inside. */
    async delete(cause: Cause, key: EntityKey, force: boolean): Promise<Package> {
      const judge: Judge = (caller) => requireMayPackage(caller, "deploy", key);
      judge(cause.caller);
      const { found, emptied } = await makeChange(cause, judge, async (tx, cause) => {
        const found = await requireOne(tx, key);
        const emptied = await empty(tx, cause, found, force);
        await removeEntity(tx, key);
        await announce(tx, audit, cause, { did: "delete", entity: found, at: clock.now() });
        return { found, emptied };
      });
      catalog.catchUp();
      for (const inner of emptied) touches.note(cause.caller, "delete", inner);
      return found;
    },

    async get(caller: NamespacePrincipal, key: EntityKey): Promise<ShownPackage> {
      requireMayPackage(caller, "read", key);
      const isOwn = key.namespaceId === caller.namespaceId;
      if (isOwn && catalog.find(key) === undefined) throw functionErrors.not_found();
      const { package: provider, binding } = resolvePackage(catalog.find, key, caller.namespaceId);
      const isForeign = provider.key.namespaceId !== caller.namespaceId;
      if (binding !== null && !isForeign) requireMayPackage(caller, "read", provider.key);
      const where = { namespaceId: provider.key.namespaceId, packageName: provider.key.name };
      const listed = await listActions(store.db, where, null);
      const inside = isForeign ? listed.map(asShared) : listed;
      const isFeed = ({ annotations }: ActionSummary): boolean => annotationValue(annotations, "feed") !== undefined;
      return {
        package: binding ?? (isForeign ? asShared(provider) : provider),
        // What a shared package is configured with is its namespace's own.
        parameters: mergeParameters(isForeign ? [] : provider.parameters, binding?.parameters ?? []),
        actions: inside.filter((action) => !isFeed(action)),
        feeds: inside.filter(isFeed),
      };
    },

    /** The packages that another namespace shares; none if there is no such namespace. */
    async listShared(
      caller: NamespacePrincipal,
      namespaceId: NamespaceId,
      page: Page,
    ): Promise<readonly PackageSummary[]> {
      return (await sharedFor(caller, namespaceId)).slice(page.skip, page.skip + page.limit).map(asShared);
    },
    countShared: async (caller: NamespacePrincipal, namespaceId: NamespaceId): Promise<number> =>
      (await sharedFor(caller, namespaceId)).length,

    /** The packages the caller may see. */
    async list(caller: NamespacePrincipal, page: Page): Promise<readonly PackageSummary[]> {
      const sight = sightOf(caller, "package");
      if (sight === "everything") return listPackages(store.db, caller.namespaceId, page);
      const seen = (await listPackages(store.db, caller.namespaceId, null)).filter(({ key }) => sight.sees(key));
      return seen.slice(page.skip, page.skip + page.limit);
    },

    async count(caller: NamespacePrincipal): Promise<number> {
      const sight = sightOf(caller, "package");
      const { namespaceId } = caller;
      if (sight === "everything") return countEntities(store.db, "package", { namespaceId, packageName: null });
      return (await listPackages(store.db, namespaceId, null)).filter(({ key }) => sight.sees(key)).length;
    },
  };
}

const asShared = <Listed extends { readonly annotations: readonly Annotation[] }>(listed: Listed): Listed => ({
  ...listed,
  annotations: sharedAnnotations(listed.annotations),
});

/** The package that follows from the former one, if any, and what is asked for. What is given replaces, nothing is merged. */
function next(input: {
  key: EntityKey;
  change: PackageChange;
  former: Package | null;
  binding: Binding | null;
}): Omit<Package, "revision" | "updatedAt"> {
  const { key, change, former, binding } = input;
  return {
    key,
    collection: "package",
    version: change.version ?? (former === null ? FIRST_VERSION : nextVersion(former.version)),
    publish: change.publish ?? former?.publish ?? false,
    annotations: packageAnnotations(change.annotations ?? former?.annotations ?? [], binding),
    parameters: change.parameters === null ? (former?.parameters ?? []) : mergeParameters(change.parameters),
    binding,
  };
}
