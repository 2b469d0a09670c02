import { hash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { canonicalJson } from "../../kernel/canonical-json.ts";

/** The audit log's hash chain, its signed checkpoints, and the indexes it is asked by. */
export const auditChain: Migration = {
  async up(db: Kysely<never>) {
    const schema = db.schema;
    await schema
      .createTable("audit_heads")
      .addColumn("team_id", "text", (c) => c.primaryKey().references("teams.id"))
      .addColumn("seq", "bigint", (c) => c.notNull())
      .addColumn("hash", "blob", (c) => c.notNull())
      .addColumn("anchor_seq", "bigint", (c) => c.notNull())
      .addColumn("anchor_hash", "blob", (c) => c.notNull())
      .addColumn("checkpoint_seq", "bigint", (c) => c.notNull())
      .execute();
    await schema
      .createTable("audit_checkpoints")
      .addColumn("team_id", "text", (c) => c.notNull().references("teams.id"))
      .addColumn("seq", "bigint", (c) => c.notNull())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("hash", "blob", (c) => c.notNull())
      .addColumn("at", "bigint", (c) => c.notNull())
      .addColumn("key_id", "text", (c) => c.notNull())
      .addColumn("signature", "blob", (c) => c.notNull())
      .addPrimaryKeyConstraint("audit_checkpoints_pk", ["team_id", "seq", "kind"])
      .execute();

    await chainWhatIsThere(db);

    // The instant comes before the number: whoever asks about somebody asks about a time, too, and reads the newest first.
    const byColumn = (column: string) =>
      sql`CREATE INDEX ${sql.ref(`audit_entries_by_${column}`)} ON audit_entries (team_id, ${sql.ref(column)}, at, seq)
        WHERE ${sql.ref(column)} IS NOT NULL`.execute(db);
    for (const column of ["actor_id", "credential_id", "target_id", "verb"]) await byColumn(column);
    await sql`CREATE INDEX audit_entries_by_thing ON audit_entries (team_id, substr(verb, 1, instr(verb, '.')), at, seq)`.execute(
      db,
    );
    await sql`CREATE INDEX audit_entries_by_at ON audit_entries (team_id, at, seq)`.execute(db);
    await sql`CREATE INDEX audit_entries_refused ON audit_entries (team_id, at, seq) WHERE outcome = 'refused'`.execute(
      db,
    );
  },
};

type Entry = Readonly<Record<string, string | null>> & { readonly seq: number; readonly at: number };

const AT_ONCE = 1_000;
const NO_HASH = "0".repeat(64);

/** Hashes every entry, team by team, oldest first. The form is written out here because it must stay what it was. */
async function chainWhatIsThere(db: Kysely<never>): Promise<void> {
  const { rows: teams } = await sql<{ id: string }>`SELECT id FROM teams`.execute(db);
  for (const { id } of teams) {
    let last = { seq: 0, hash: NO_HASH };
    for (;;) {
      const { rows } = await sql<Entry>`SELECT * FROM audit_entries WHERE team_id = ${id} AND seq > ${last.seq}
        ORDER BY seq LIMIT ${AT_ONCE}`.execute(db);
      for (const entry of rows) {
        const details = canonicalJson(JSON.parse(entry["details"] ?? "{}"));
        const next = hash("sha256", bodyOf(entry, details, last.hash), "hex");
        await sql`UPDATE audit_entries SET details = ${details}, previous_hash = ${Buffer.from(last.hash, "hex")},
          hash = ${Buffer.from(next, "hex")} WHERE team_id = ${id} AND seq = ${entry.seq}`.execute(db);
        last = { seq: entry.seq, hash: next };
      }
      if (rows.length < AT_ONCE) break;
    }
    if (last.seq > 0) {
      await sql`INSERT INTO audit_heads VALUES (${id}, ${last.seq}, ${Buffer.from(last.hash, "hex")}, 0,
        ${Buffer.from(NO_HASH, "hex")}, 0)`.execute(db);
    }
  }
}

function bodyOf(entry: Entry, details: string, previousHash: string): string {
  const text = (column: string): string | null => entry[column] ?? null;
  const { request_id, address, user_agent, credential_kind } = entry;
  return canonicalJson({
    actor: {
      credential: credential_kind == null ? null : { id: text("credential_id"), kind: credential_kind },
      id: text("actor_id"),
      kind: text("actor_kind"),
      name: text("actor_name"),
    },
    at: new Date(entry.at).toISOString(),
    details: JSON.parse(details),
    origin:
      request_id == null && address == null && user_agent == null
        ? null
        : { address: address ?? null, request_id: request_id ?? null, user_agent: user_agent ?? null },
    outcome: text("outcome"),
    previous_hash: previousHash,
    seq: entry.seq,
    target: { id: text("target_id"), kind: text("target_kind") },
    team_id: text("team_id"),
    verb: text("verb"),
  });
}
