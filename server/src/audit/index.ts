export type { Origin } from "./model.ts";
export { type Audit, createAudit } from "./service.ts";
