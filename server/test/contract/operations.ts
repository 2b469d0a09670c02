import type { Scope } from "@latchkey/contract/route";
import { keysOf, NAMESPACES, TRIGGER, triggersOf } from "./things.ts";

/** A control-plane operation as a client calls it, and the scopes of which one suffices beside `function:admin`. */
export type Operation = {
  readonly name: string;
  readonly method: string;
  path(ids: { namespaceId: string; keyId: string }): string;
  /** Its body, with a label or name that nothing else has. */
  json?(name: string): unknown;
  readonly scopes: readonly Scope[];
  /** What it answers when all is well. */
  readonly status: number;
};

const inNamespace = ({ namespaceId }: { namespaceId: string }) => `${NAMESPACES}/${namespaceId}`;
const atKeys = ({ namespaceId }: { namespaceId: string }) => keysOf(namespaceId);
const atKey = ({ namespaceId, keyId }: { namespaceId: string; keyId: string }) => `${keysOf(namespaceId)}/${keyId}`;
const atTriggers = ({ namespaceId }: { namespaceId: string }) => triggersOf(namespaceId);
const atTrigger = ({ namespaceId }: { namespaceId: string }) => `${triggersOf(namespaceId)}/${TRIGGER.name}`;
const newNamespace = (label: string) => ({ label, region: "fra1" });
const named = (name: string) => ({ name });
const newTrigger = (name: string) => ({ ...TRIGGER, name });

/** Operations on the team's namespaces: no namespace in their path. */
const TEAM_OPERATIONS: readonly Operation[] = [
  { name: "list namespaces", method: "GET", path: () => NAMESPACES, scopes: ["function:read"], status: 200 },
  {
    name: "create namespace",
    method: "POST",
    path: () => NAMESPACES,
    json: newNamespace,
    scopes: ["function:create"],
    status: 200,
  },
  { name: "sandbox", method: "POST", path: () => "/v2/functions/sandbox", scopes: ["function:create"], status: 200 },
];

/** Operations on one namespace, in which `TRIGGER` is: strangers must not learn whether it exists. The one that ends it comes last. */
export const NAMESPACE_OPERATIONS: readonly Operation[] = [
  { name: "get namespace", method: "GET", path: inNamespace, scopes: [], status: 200 },
  { name: "create key", method: "POST", path: atKeys, json: named, scopes: [], status: 201 },
  { name: "list keys", method: "GET", path: atKeys, scopes: [], status: 200 },
  { name: "get key", method: "GET", path: atKey, scopes: [], status: 200 },
  { name: "rename key", method: "PUT", path: atKey, json: named, scopes: [], status: 200 },
  { name: "rotate key", method: "POST", path: (ids) => `${atKey(ids)}/rotate`, scopes: [], status: 200 },
  { name: "delete key", method: "DELETE", path: atKey, scopes: [], status: 200 },
  { name: "list triggers", method: "GET", path: atTriggers, scopes: ["function:read"], status: 200 },
  {
    name: "create trigger",
    method: "POST",
    path: atTriggers,
    json: newTrigger,
    scopes: ["function:create"],
    status: 200,
  },
  { name: "get trigger", method: "GET", path: atTrigger, scopes: ["function:read"], status: 200 },
  {
    name: "update trigger",
    method: "PUT",
    path: atTrigger,
    json: () => ({ is_enabled: false }),
    scopes: ["function:update"],
    status: 200,
  },
  { name: "delete trigger", method: "DELETE", path: atTrigger, scopes: ["function:delete"], status: 204 },
  { name: "delete namespace", method: "DELETE", path: inNamespace, scopes: ["function:delete"], status: 204 },
];

export const OPERATIONS: readonly Operation[] = [...TEAM_OPERATIONS, ...NAMESPACE_OPERATIONS];
