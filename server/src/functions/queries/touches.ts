import type { EpochMs } from "../../kernel/clock.ts";
import type { Activity } from "../../store/activity/activity.ts";
import type { CommittedReader } from "../../store/committed-reader.ts";
import type { Touch, TouchKind } from "../model/touches.ts";

type TouchRow = { accessKeyId: string; kind: TouchKind; path: string; lastAt: number; count: number };

/** Adds to what is known. Parameters: key id, kind, path, last at, count. */
const RECORD = `
  INSERT INTO access_key_touches (access_key_id, kind, path, last_at, count) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (access_key_id, kind, path) DO UPDATE SET
    last_at = max(last_at, excluded.last_at), count = count + excluded.count`;
/** Keeps a key's latest. Parameters: key id, how many. */
const TRIM = `
  DELETE FROM access_key_touches WHERE rowid IN (
    SELECT rowid FROM access_key_touches WHERE access_key_id = ? ORDER BY last_at DESC, rowid DESC LIMIT -1 OFFSET ?)`;

/** Queues what a key has touched; of more things than `most` the latest are kept. */
export function writeTouches(activity: Activity, accessKeyId: string, touches: readonly Touch[], most: number): void {
  for (const { kind, path, lastAt, count } of touches) activity.write(RECORD, [accessKeyId, kind, path, lastAt, count]);
  activity.write(TRIM, [accessKeyId, most]);
}

/** Queues the end of everything that was touched before `instant` and not since. */
export function forgetTouchesBefore(activity: Activity, instant: EpochMs): void {
  activity.write("DELETE FROM access_key_touches WHERE last_at < ?", [instant]);
}

/** What each of these keys has touched since `instant`, the latest first, as far as it has been written. */
export function prepareTouches(activity: CommittedReader) {
  const touches = activity.prepare<TouchRow>(`
    SELECT access_key_id AS accessKeyId, kind, path, last_at AS lastAt, count FROM access_key_touches
    WHERE access_key_id IN (SELECT value FROM json_each(?)) AND last_at >= ? ORDER BY last_at DESC, path, kind`);
  return (keyIds: readonly string[], since: EpochMs): ReadonlyMap<string, readonly Touch[]> => {
    const byKey = new Map<string, Touch[]>();
    for (const { accessKeyId, ...touch } of touches.all(JSON.stringify(keyIds), since)) {
      const known = byKey.get(accessKeyId);
      if (known === undefined) byKey.set(accessKeyId, [touch]);
      else known.push(touch);
    }
    return byKey;
  };
}
