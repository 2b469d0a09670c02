export { type AuditLog, createAuditLog, type RecordedEntry } from "./log.ts";
export type { Actor, Origin } from "./model/entries.ts";
export { type Audit, createAudit } from "./service.ts";
