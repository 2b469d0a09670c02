import { z } from "zod";
import { route } from "./route.ts";
import { streamed } from "./shapes.ts";

/** RFC 3339 in UTC with milliseconds: the log says it as exactly as it knows it. */
const Instant = z.string().meta({ format: "date-time", example: "2026-03-23T09:15:00.000Z" });
const Hash = z.string().meta({ description: "SHA-256 in hex." });

/** An entry of the audit log. Its words are open: other versions of Latchkey may use more of them. */
export const AuditEntryShape = z
  .object({
    seq: z.int().nullable().meta({ description: "Its number in the team's log: 1, 2, 3, …" }),
    at: Instant,
    actor: z.object({
      kind: z.string().meta({ description: "person, service, or system for what Latchkey did by itself." }),
      id: z.string().nullable(),
      name: z.string(),
      credential: z
        .object({ kind: z.string().nullable(), id: z.string().nullable() })
        .nullable()
        .meta({ description: "Through what: a token, a session or an access_key." }),
    }),
    verb: z.string().meta({ description: "<thing>.<what was done>", example: "access_key.create" }),
    target: z.object({ kind: z.string(), id: z.string() }),
    outcome: z.string().meta({ description: "done, or refused for what was tried in vain." }),
    origin: z
      .object({
        address: z.string().nullable(),
        user_agent: z.string().nullable(),
        request_id: z.string().nullable(),
      })
      .nullable()
      .meta({ description: "The request that caused it; null if none did." }),
    details: z.record(z.string(), z.unknown()),
    previous_hash: Hash,
    hash: Hash,
  })
  .meta({ id: "AuditEntry" });
export type AuditEntryShape = z.infer<typeof AuditEntryShape>;

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const badTime =
  "must be a time as in RFC 3339, such as 2026-03-23T09:15:00Z, or a date, which means its beginning in UTC";

/** A time or a date, parsed to epoch milliseconds. */
const Time = (description: string) =>
  z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: badTime })
    .transform((text) => Date.parse(DATE.test(text) ? `${text}T00:00:00Z` : text))
    .optional()
    .meta({ description, example: "2026-03-23T09:15:00Z" });

const span = {
  since: Time("From this time on; a date means its beginning, in UTC."),
  until: Time("Before this time; a date means its beginning, in UTC."),
};

const Position = z.object({ seq: z.int().nullable(), hash: Hash });

/** What `GET /v2/audit/verify` and `latchkey audit verify` answer. */
export const AuditVerificationShape = z
  .object({
    ok: z.boolean(),
    entries: z.int().meta({ description: "How many entries were found to be in order." }),
    checkpoints: z.int().meta({ description: "How many signed statements were found to be in order." }),
    start: Position.meta({ description: "The entry before the first one; 0 unless older entries were pruned." }),
    end: Position.meta({ description: "The last entry that was found to be in order." }),
    key_id: z.string(),
    problem: z
      .object({
        kind: z.string(),
        seq: z.int().nullable().meta({ description: "The number of the first entry that is not in order." }),
        message: z.string(),
      })
      .nullable(),
  })
  .meta({ id: "AuditVerification" });
export type AuditVerificationShape = z.infer<typeof AuditVerificationShape>;

const owners = {
  method: "GET",
  dialect: "digitalocean",
  credential: "token",
  permission: "audit.read",
  scopes: ["function:admin"],
} as const;

const ofThing = "must be a verb such as access_key.create, or access_key.* for all about one kind of thing";

export const listAuditEntries = route({
  ...owners,
  id: "audit.list",
  summary: "List the team's audit entries, newest first",
  path: "/v2/audit",
  query: z.object({
    actor: z.string().optional().meta({ description: "Id of the person or service identity that did it." }),
    key: z.string().optional().meta({ description: "Id of the access key, token or session that it was done with." }),
    target: z.string().optional().meta({ description: "Id of what it was done to." }),
    verb: z
      .string()
      .regex(/^[a-z_]+\.([a-z_]+|\*)$/, ofThing)
      .optional()
      .meta({ description: "A verb, or all about one kind of thing: access_key.*", example: "access_key.*" }),
    outcome: z.enum(["done", "refused"], { error: "must be done or refused" }).optional(),
    ...span,
    cursor: z.string().optional().meta({ description: "The next_cursor of the page before." }),
    limit: z
      .string()
      .regex(/^([1-9]\d{0,2}|1000)$/, "must be from 1 to 1000")
      .optional()
      .transform((text) => (text === undefined ? 100 : Number(text)))
      .meta({ description: "How many at most; 100 unless said." }),
  }),
  answers: {
    200: z.object({
      entries: z.array(AuditEntryShape),
      next_cursor: z.string().nullable().meta({ description: "For the next page; null on the last one." }),
    }),
  },
  errors: [400, 403],
});

/** The lines of the verifiable format are described in server/src/audit/README.md. */
export const exportAuditLog = route({
  ...owners,
  id: "audit.export",
  summary: "Export the team's audit log: as JSON Lines that can be verified elsewhere, or as CSV",
  path: "/v2/audit/export",
  query: z.object({
    format: z.enum(["jsonl", "csv"], { error: "must be jsonl or csv" }).default("jsonl"),
    ...span,
  }),
  answers: { 200: streamed("application/jsonl", "text/csv") },
  errors: [400, 403],
});

export const verifyAuditLog = route({
  ...owners,
  id: "audit.verify",
  summary: "Check the team's audit log, from its first entry to its last",
  path: "/v2/audit/verify",
  answers: { 200: z.object({ verification: AuditVerificationShape }) },
  errors: [403],
});

export const getAuditKey = route({
  ...owners,
  id: "audit.key",
  summary: "Get the public key that the audit log is signed with",
  path: "/v2/audit/key",
  answers: {
    200: z.object({
      key: z.object({
        id: z.string(),
        algorithm: z.literal("Ed25519"),
        public_key: z.string().meta({ description: "SubjectPublicKeyInfo in base64: the inside of a PEM file." }),
      }),
    }),
  },
  errors: [403],
});
