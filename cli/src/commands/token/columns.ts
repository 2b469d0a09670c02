import type { ApiTokenShape } from "@latchkey/contract/tokens";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";
import { tellOwner } from "../service-identity/owner.ts";

type Token = ApiTokenShape;
const id: Column<Token> = { name: "ID", heading: "ID", cell: (token) => token.id };
const name: Column<Token> = { name: "Name", heading: "Name", cell: (token) => token.name };
const scopes: Column<Token> = { name: "Scopes", heading: "Scopes", cell: (token) => token.scopes.join(", ") };
const expiresAt: Column<Token> = {
  name: "ExpiresAt",
  heading: "Expires At",
  cell: (token) => readableTimestamp(token.expires_at) || "never",
};

export const TOKEN_COLUMNS: readonly Column<Token>[] = [
  id,
  name,
  { name: "Owner", heading: "Owner", cell: ({ owner }) => tellOwner(owner) },
  scopes,
  { name: "LastUsedAt", heading: "Last Used At", cell: (token) => readableTimestamp(token.last_used_at) || "never" },
  expiresAt,
  {
    name: "CreatedAt",
    heading: "Created At",
    cell: (token) => readableTimestamp(token.created_at),
    hidden: true,
  },
];

/** The one table that shows a token itself. */
export const NEW_TOKEN_COLUMNS: readonly Column<Token & { readonly secret: string }>[] = [
  id,
  name,
  {
    name: "Token",
    heading: "Token",
    cell: ({ secret }) => secret,
    needed: "it is shown this once and never again",
  },
  expiresAt,
];
