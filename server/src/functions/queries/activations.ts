import type { NamespaceId } from "../../namespaces/index.ts";
import type { RunStatus } from "../../runtime/index.ts";
import type { Activity } from "../../store/activity/activity.ts";
import type { ActivationSight } from "../model/access.ts";
import type {
  ActivationFilter,
  ActivationForm,
  ActivationId,
  ActivationSummary,
  ActivationWithLogs,
} from "../model/activations.ts";

type SummaryRow = {
  id: string;
  namespace_id: string;
  package: string;
  name: string;
  binding: string | null;
  version: string;
  kind: string;
  timeout_ms: number;
  memory_mb: number;
  logs_mb: number;
  started_at: number;
  ended_at: number;
  wait_ms: number;
  init_ms: number | null;
  timed_out: number;
  status: RunStatus;
  access_key_id: string;
  owner_id: string;
  form: ActivationForm;
  cause: string | null;
  duration_ms: number | null;
  schedule: string | null;
  provider_id: string | null;
};
type ActivationRow = SummaryRow & { result_bytes: number; result: string; logs: string };

const SUMMARY_COLUMNS =
  "id, namespace_id, package, name, binding, version, kind, timeout_ms, memory_mb, logs_mb, started_at, ended_at, " +
  "wait_ms, init_ms, timed_out, status, access_key_id, owner_id, form, cause, duration_ms, schedule, provider_id";
const ALL_COLUMNS = `${SUMMARY_COLUMNS}, result_bytes, result, logs`;
/** A record that was written although the writer heard otherwise is not written twice. */
const INSERT = `INSERT INTO activations (${ALL_COLUMNS}) VALUES (${ALL_COLUMNS.replace(/\w+/g, "?")}) ON CONFLICT (id) DO NOTHING`;

/** As `sightPathOf` has it. */
const PATH =
  "CASE WHEN provider_id IS NOT NULL THEN coalesce(binding, '') || '/' || name" +
  " WHEN package = '' THEN name ELSE package || '/' || name END";
const LISTED =
  "namespace_id = ? AND started_at >= ? AND started_at <= ?" +
  " AND (? IS NULL OR (name = ? AND (package = ? OR binding = ?)))" +
  ` AND (? OR access_key_id = ? OR EXISTS (SELECT 1 FROM json_each(?) AS pattern WHERE ${PATH} GLOB pattern.value))` +
  " AND (? = 0 OR id NOT IN (SELECT value FROM json_each(?)))";
const PAGE = "ORDER BY started_at DESC, id DESC LIMIT ? OFFSET ?";
const LIST_SUMMARIES = `SELECT ${SUMMARY_COLUMNS} FROM activations WHERE ${LISTED} ${PAGE}`;
const LIST_WHOLE = `SELECT ${ALL_COLUMNS} FROM activations WHERE ${LISTED} ${PAGE}`;
const COUNT = `SELECT count(*) AS total FROM activations WHERE ${LISTED}`;
const BATCH = 500;

/** Queues a finished activation for writing. `settled` hears whether it was. */
export function writeActivation(
  activity: Activity,
  record: ActivationWithLogs,
  settled: (committed: boolean) => void,
): void {
  const { limits } = record;
  activity.write(
    INSERT,
    [
      record.id,
      record.namespaceId,
      record.packageName,
      record.name,
      record.bindingName,
      record.version,
      record.kind,
      limits.timeoutMs,
      limits.memoryMb,
      limits.logsMb,
      record.startedAt,
      record.endedAt,
      record.waitMs,
      record.initMs,
      record.timedOut ? 1 : 0,
      record.status,
      record.accessKeyId,
      record.ownerId,
      record.form,
      record.cause,
      record.durationMs,
      record.schedule,
      record.providerId,
      record.resultBytes,
      JSON.stringify(record.result),
      JSON.stringify(record.logs),
    ],
    settled,
  );
}

/** Which of the written activations a list is about. */
export type WrittenListing = {
  readonly namespaceId: NamespaceId;
  readonly filter: ActivationFilter;
  readonly sight: ActivationSight;
  /** To be left out. */
  readonly except: readonly ActivationId[];
};
type Page = { readonly skip: number; readonly limit: number };

/** Reads of what is written. Lists and counts may have to go through all of it, so they go aside. */
export function prepareActivationReads(activity: Activity) {
  const { aside } = activity;
  const one = activity.prepare<ActivationRow>(
    `SELECT ${ALL_COLUMNS} FROM activations WHERE id = ? AND namespace_id = ?`,
  );
  const oldest = activity.prepare<{ id: string }>("SELECT id FROM activations WHERE id < ? ORDER BY id LIMIT 1");

  return {
    find(namespaceId: NamespaceId, id: ActivationId): ActivationWithLogs | undefined {
      const row = one.get(id, namespaceId);
      return row === undefined ? undefined : toActivation(row);
    },
    async summaries(listing: WrittenListing, { skip, limit }: Page): Promise<ActivationSummary[]> {
      return (await aside.all<SummaryRow>(LIST_SUMMARIES, [...conditions(listing), limit, skip])).map(toSummary);
    },
    async whole(listing: WrittenListing, { skip, limit }: Page): Promise<ActivationWithLogs[]> {
      return (await aside.all<ActivationRow>(LIST_WHOLE, [...conditions(listing), limit, skip])).map(toActivation);
    },
    async count(listing: WrittenListing): Promise<number> {
      const [row] = await aside.all<{ total: number }>(COUNT, conditions(listing));
      return row?.total ?? 0;
    },
    hasOlderThan: (id: string): boolean => oldest.get(id) !== undefined,
  };
}

/** Forgets some of the activations whose id is below `id`, few enough not to hold up what else is to be written. */
export function forgetActivationsBefore(activity: Activity, id: string): Promise<void> {
  const sql = "DELETE FROM activations WHERE id IN (SELECT id FROM activations WHERE id < ? ORDER BY id LIMIT ?)";
  return new Promise((resolve, reject) =>
    activity.write(sql, [id, BATCH], (committed) =>
      committed ? resolve() : reject(new Error("old activations could not be deleted")),
    ),
  );
}

function conditions({ namespaceId, filter, sight, except }: WrittenListing): (string | number | null)[] {
  const { name, since, upto } = filter;
  const simple = name?.name ?? null;
  const packageName = name?.package ?? null;
  const patterns = sight.patterns.map(toGlob);
  return [
    ...[namespaceId, since ?? 0, upto ?? Number.MAX_SAFE_INTEGER],
    ...[simple, simple, packageName, packageName],
    ...[patterns.includes("*") ? 1 : 0, sight.accessKeyId, JSON.stringify(patterns)],
    ...[except.length, JSON.stringify(except)],
  ];
}

/** A grant's pattern has one special character, SQLite's GLOB three. */
const toGlob = (pattern: string): string => pattern.replaceAll(/[[?]/g, "[$&]");

const toSummary = (row: SummaryRow): ActivationSummary => ({
  id: row.id as ActivationId,
  namespaceId: row.namespace_id as NamespaceId,
  packageName: row.package,
  name: row.name,
  bindingName: row.binding,
  version: row.version,
  kind: row.kind,
  limits: { timeoutMs: row.timeout_ms, memoryMb: row.memory_mb, logsMb: row.logs_mb },
  startedAt: row.started_at,
  endedAt: row.ended_at,
  waitMs: row.wait_ms,
  initMs: row.init_ms,
  timedOut: row.timed_out === 1,
  status: row.status,
  accessKeyId: row.access_key_id,
  ownerId: row.owner_id,
  form: row.form,
  cause: row.cause as ActivationId | null,
  durationMs: row.duration_ms,
  schedule: row.schedule,
  providerId: row.provider_id as NamespaceId | null,
});

const toActivation = (row: ActivationRow): ActivationWithLogs => ({
  ...toSummary(row),
  result: JSON.parse(row.result),
  resultBytes: row.result_bytes,
  logs: JSON.parse(row.logs),
});
