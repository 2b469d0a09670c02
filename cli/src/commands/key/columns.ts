import type { AccessKeyShape, AccessKeyWithSecretShape } from "@latchkey/contract/access-key-shapes";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";
import { tellOwner } from "../service-identity/owner.ts";

type Key = AccessKeyShape;
const id: Column<Key> = { name: "ID", heading: "ID", cell: (key) => key.id };
const name: Column<Key> = { name: "Name", heading: "Name", cell: (key) => key.name };
const createdAt: Column<Key> = {
  name: "CreatedAt",
  heading: "Created At",
  cell: (key) => readableTimestamp(key.created_at),
};
const expiresAt: Column<Key> = {
  name: "ExpiresAt",
  heading: "Expires At",
  cell: (key) => readableTimestamp(key.expires_at),
};

/** doctl's four, and what else there is to know of a key. */
export const KEY_COLUMNS: readonly Column<Key>[] = [
  id,
  name,
  createdAt,
  expiresAt,
  { name: "Owner", heading: "Owner", cell: ({ owner }) => tellOwner(owner), hidden: true },
  { name: "State", heading: "State", cell: ({ state }) => state, hidden: true },
  { name: "StateReason", heading: "State Reason", cell: (key) => key.state_reason ?? "", hidden: true },
  { name: "Grants", heading: "Grants", cell: ({ grants }) => grants.join(", "), hidden: true },
  {
    name: "AllowedNetworks",
    heading: "Allowed Networks",
    cell: ({ allowed_networks }) => allowed_networks.join(", ") || "anywhere",
    hidden: true,
  },
  { name: "LastUsedAt", heading: "Last Used At", cell: (key) => readableTimestamp(key.last_used_at), hidden: true },
];

/** The one table that shows a secret. */
export const NEW_SECRET_COLUMNS: readonly Column<AccessKeyWithSecretShape>[] = [
  id,
  name,
  {
    name: "Secret",
    heading: "Secret",
    cell: (key) => key.secret,
    needed: "it is shown this once and never again",
  },
  createdAt,
  expiresAt,
];
