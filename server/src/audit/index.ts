export { type AuditLog, createAuditLog, type RecordedEntry } from "./log.ts";
export type { Origin } from "./model/entries.ts";
export { verifyExport } from "./read-export.ts";
export { createRefusals } from "./refusals.ts";
export { auditRoutes, verificationShape } from "./routes.ts";
export { type Audit, createAudit } from "./service.ts";
export { openSigner } from "./signing.ts";
