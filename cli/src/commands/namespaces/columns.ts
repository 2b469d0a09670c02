import type { NamespaceShape } from "@latchkey/contract/namespaces";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";

/** doctl's four, and what else there is to know. */
export const NAMESPACE_COLUMNS: readonly Column<NamespaceShape>[] = [
  { name: "Label", heading: "Label", cell: ({ label }) => label },
  { name: "Region", heading: "Region", cell: ({ region }) => region },
  { name: "ID", heading: "Namespace ID", cell: ({ namespace }) => namespace },
  { name: "Host", heading: "API Host", cell: ({ api_host }) => api_host },
  { name: "CreatedAt", heading: "Created At", cell: ({ created_at }) => readableTimestamp(created_at), hidden: true },
];

/**
 * A namespace without the password of its legacy credential, as lists have it: the whole team shares that one, and terminals and build
 * logs are read by others.
 */
export const withoutPassword = (answer: { namespace: NamespaceShape }): { namespace: NamespaceShape } => ({
  ...answer,
  namespace: { ...answer.namespace, key: "" },
});
