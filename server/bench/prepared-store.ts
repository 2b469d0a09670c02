import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { AccessKeyId } from "../src/access-keys/model.ts";
import { newSecret, secretContext } from "../src/access-keys/secret-format.ts";
import { systemClock as clock } from "../src/kernel/clock.ts";
import { systemRandom as random, randomHex } from "../src/kernel/random.ts";
import { createSecretHasher } from "../src/kernel/secret-hash.ts";
import { loadPepper, prepareDataFolder } from "../src/store/data-folder.ts";
import { openStore } from "../src/store/store.ts";
import { buildRooms } from "../test/build-rooms.ts";
import { silentLog } from "../test/silent-log.ts";

/** A data folder with `keyCount` keys in one namespace, and the `Authorization` headers of up to `headerCount` of them, spread evenly. */
export async function prepareStore(
  keyCount: number,
  headerCount: number,
): Promise<{ path: string; authorizations: string[] }> {
  const path = mkdtempSync(join(tmpdir(), "latchkey-bench-data-"));
  const folder = prepareDataFolder(path);
  const store = await openStore({ folder, log: silentLog, schema: "create" });
  const hasher = createSecretHasher(loadPepper(folder, random));
  const { identity, namespaces, accessKeys } = buildRooms({ store, clock, random, hasher });
  const { token } = await identity.createFirstTeam({ teamName: "Bench", email: "bench@example.com", name: "Bench" });
  const caller = identity.recognise(`Bearer ${token.reveal()}`);
  const origin = { requestId: "", address: "", userAgent: "" };
  const namespace = await namespaces.create(caller, { label: "bench", region: "nyc1" }, origin);
  const first = await accessKeys.create({ caller, origin }, namespace, { name: "key 0", lifetimeSeconds: null });
  await store.close();

  const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
  const authorizations = [basic(first.key.id, first.secret.reveal())];
  const database = new DatabaseSync(folder.database);
  const key =
    database.prepare(`INSERT INTO access_keys (id, namespace_id, owner_id, name, grants, allowed_networks, expires_at, created_at,
    updated_at, state, issued_seq) SELECT ?, namespace_id, owner_id, ?, grants, allowed_networks, expires_at, created_at,
    updated_at, state, issued_seq FROM access_keys WHERE id = ?`);
  const keySecret = database.prepare(
    "INSERT INTO access_key_secrets (access_key_id, hash, pepper_id, created_at, number) VALUES (?, ?, ?, ?, 1)",
  );
  const every = Math.max(1, Math.floor(keyCount / headerCount));
  database.exec("BEGIN");
  for (let index = 1; index < keyCount; index += 1) {
    const id = `dof_v1_${randomHex(random, 16)}` as AccessKeyId;
    const secret = newSecret(random).reveal();
    const { hash, pepperId } = hasher.hash(secretContext(namespace.id, id, secret));
    key.run(id, `key ${index}`, first.key.id);
    keySecret.run(id, hash, pepperId, clock.now());
    if (index % every === 0 && authorizations.length < headerCount) authorizations.push(basic(id, secret));
  }
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  return { path, authorizations };
}
