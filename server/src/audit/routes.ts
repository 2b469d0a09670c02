import {
  type AuditEntryShape,
  type AuditVerificationShape,
  exportAuditLog,
  getAuditKey,
  listAuditEntries,
  verifyAuditLog,
} from "@latchkey/contract/audit";
import { type BoundRoute, implement } from "../http/call.ts";
import type { AuditLog, RecordedEntry } from "./log.ts";
import { toInstant } from "./model/entries.ts";
import { parseVerbFilter } from "./model/filter.ts";
import type { Verification } from "./model/verification.ts";

/** Whoever may read a team's log; the room need not know more of people. */
type Reader = { readonly teamId: string };

const TYPES = { jsonl: "application/jsonl; charset=utf-8", csv: "text/csv; charset=utf-8; header=present" } as const;

function shape(entry: RecordedEntry): AuditEntryShape {
  const { credentialKind, credentialId, address, userAgent, requestId } = entry;
  return {
    seq: seqOrNull(entry.seq),
    at: toInstant(entry.at),
    actor: {
      kind: entry.actorKind,
      id: entry.actorId,
      name: entry.actorName,
      credential: credentialKind === null && credentialId === null ? null : { kind: credentialKind, id: credentialId },
    },
    verb: entry.verb,
    target: { kind: entry.targetKind, id: entry.targetId },
    outcome: entry.outcome,
    origin:
      address === null && userAgent === null && requestId === null
        ? null
        : { address, user_agent: userAgent, request_id: requestId },
    details: entry.details,
    previous_hash: entry.previousHash,
    hash: entry.hash,
  };
}

/** JSON has no word for a number that is none. */
const seqOrNull = (seq: number): number | null => (Number.isNaN(seq) ? null : seq);

/** What checking a log or an export has shown, in the words of the API. */
export function verificationShape(verification: Verification): AuditVerificationShape {
  const { entries, checkpoints, start, end, keyId, problem } = verification;
  return {
    ok: problem === null,
    entries,
    checkpoints,
    start: { ...start, seq: seqOrNull(start.seq) },
    end: { ...end, seq: seqOrNull(end.seq) },
    key_id: keyId,
    problem: problem === null ? null : { kind: problem.kind, seq: problem.seq, message: problem.says },
  };
}

export function auditRoutes({ auditLog }: { auditLog: AuditLog }): BoundRoute[] {
  return [
    implement<Reader, typeof listAuditEntries>(listAuditEntries, async ({ caller, query }) => {
      const { actor, key, target, verb, outcome, since, until, cursor, limit } = query;
      const filter = {
        actorId: actor ?? null,
        credentialId: key ?? null,
        targetId: target ?? null,
        verb: verb === undefined ? null : parseVerbFilter(verb),
        outcome: outcome ?? null,
        since: since ?? null,
        until: until ?? null,
      };
      const page = await auditLog.list(caller.teamId, filter, { cursor: cursor ?? null, limit });
      return { status: 200, body: { entries: page.entries.map(shape), next_cursor: page.nextCursor } };
    }),

    implement<Reader, typeof exportAuditLog>(exportAuditLog, ({ caller, query: { format, since, until } }) => {
      const span = since === undefined && until === undefined ? null : { since: since ?? null, until: until ?? null };
      const headers = {
        "content-type": TYPES[format],
        "content-disposition": `attachment; filename="audit.${format}"`,
      };
      return { status: 200, body: auditLog.export(caller.teamId, format, span), headers };
    }),

    implement<Reader, typeof verifyAuditLog>(verifyAuditLog, async ({ caller }) => {
      const verification = await auditLog.verify(caller.teamId);
      return { status: 200, body: { verification: verificationShape(verification) } };
    }),

    implement<Reader, typeof getAuditKey>(getAuditKey, () => {
      const { id, text } = auditLog.publicKey();
      return { status: 200, body: { key: { id, algorithm: "Ed25519", public_key: text } } };
    }),
  ];
}
