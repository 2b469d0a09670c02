import type { ExpressionBuilder } from "kysely";
import type { NamespaceId } from "../../namespaces/index.ts";
import type { CommittedReader } from "../../store/committed-reader.ts";
import type { Tables } from "../../store/tables.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type {
  ActionSummary,
  Collection,
  Entity,
  PackageSummary,
  RuleSummary,
  TriggerSummary,
} from "../model/entities.ts";
import type { EntityKey } from "../model/names.ts";
import {
  type EntityRow,
  type ListedRow,
  toActionSummary,
  toEntity,
  toPackageSummary,
  toRow,
  toRuleSummary,
  toTriggerSummary,
} from "./rows.ts";

/** Finds what is committed under a name; a few microseconds, for the path of every invocation. */
export function prepareEntityLookup(committed: CommittedReader): (key: EntityKey) => Entity | undefined {
  const read = committed.prepare<EntityRow>(
    "SELECT * FROM entities WHERE namespace_id = ? AND package = ? AND name = ?",
  );
  return ({ namespaceId, packageName, name }) => {
    const row = read.get(namespaceId, packageName, name);
    return row === undefined ? undefined : toEntity(row);
  };
}

/** Finds inside a transaction, for a change that depends on what is there. */
export async function findEntity(tx: Tx, key: EntityKey): Promise<Entity | undefined> {
  const row = await tx.selectFrom("entities").selectAll().where(isEntity(key)).executeTakeFirst();
  return row === undefined ? undefined : toEntity(row);
}

/** Stores a new entity, or a new version of the one that has its name. */
export async function saveEntity(tx: Tx, entity: Entity): Promise<void> {
  const row = toRow(entity);
  await tx
    .insertInto("entities")
    .values(row)
    .onConflict((conflict) => conflict.columns(["namespace_id", "package", "name"]).doUpdateSet(row))
    .execute();
}

const isEntity =
  ({ namespaceId, packageName, name }: EntityKey) =>
  (eb: ExpressionBuilder<Tables, "entities">) =>
    eb.and({ namespace_id: namespaceId, package: packageName, name });

export async function removeEntity(tx: Tx, key: EntityKey): Promise<void> {
  await tx.deleteFrom("entities").where(isEntity(key)).execute();
}

/** What lies where: one package of a namespace, or everything of a collection. */
export type Place = { readonly namespaceId: NamespaceId; readonly packageName: string | null };
/** Null asks for all entries. */
export type Page = { readonly skip: number; readonly limit: number } | null;

export async function listActions(db: Db | Tx, place: Place, page: Page): Promise<ActionSummary[]> {
  return (await listRows(db, "action", place, page)).map(toActionSummary);
}

export async function listPackages(db: Db | Tx, namespaceId: NamespaceId, page: Page): Promise<PackageSummary[]> {
  return (await listRows(db, "package", { namespaceId, packageName: null }, page)).map(toPackageSummary);
}

export async function listTriggers(db: Db | Tx, namespaceId: NamespaceId, page: Page): Promise<TriggerSummary[]> {
  return (await listRows(db, "trigger", { namespaceId, packageName: null }, page)).map(toTriggerSummary);
}

export async function listRules(db: Db | Tx, namespaceId: NamespaceId, page: Page): Promise<RuleSummary[]> {
  return (await listRows(db, "rule", { namespaceId, packageName: null }, page)).map(toRuleSummary);
}

export async function countEntities(db: Db | Tx, collection: Collection, place: Place): Promise<number> {
  const row = await inPlace(db, collection, place)
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Newest first; the name decides between those of one millisecond, so that pages neither repeat nor skip. */
async function listRows(db: Db | Tx, collection: Collection, place: Place, page: Page): Promise<ListedRow[]> {
  const all = inPlace(db, collection, place)
    .select([
      "namespace_id",
      "package",
      "name",
      "collection",
      "version",
      "publish",
      "updated_at",
      "annotations",
      "body",
      "trigger_name",
    ])
    .orderBy("updated_at", "desc")
    .orderBy("package")
    .orderBy("name");
  return (page === null ? all : all.limit(page.limit).offset(page.skip)).execute();
}

const inPlace = (db: Db | Tx, collection: Collection, { namespaceId, packageName }: Place) => {
  const all = db.selectFrom("entities").where("namespace_id", "=", namespaceId).where("collection", "=", collection);
  return packageName === null ? all : all.where("package", "=", packageName);
};

/** Removes everything that a namespace holds. */
export async function removeNamespaceEntities(tx: Tx, namespaceId: NamespaceId): Promise<void> {
  const codes = await tx
    .selectFrom("entities")
    .select("code_id")
    .where("namespace_id", "=", namespaceId)
    .where("code_id", "is not", null)
    .execute();
  await tx.deleteFrom("entities").where("namespace_id", "=", namespaceId).execute();
  for (const { code_id } of codes) await tx.deleteFrom("function_code").where("id", "=", code_id).execute();
}
