/**
 * The part of `@digitalocean/dots` that is tried out here. The package ships the sources of its whole API (70 MB) in place of
 * declarations, and would have every type check compile them.
 */
import type { FetchRequestAdapter } from "@microsoft/kiota-http-fetchlibrary";

type AuthenticationProvider = ConstructorParameters<typeof FetchRequestAdapter>[0];
type Namespace = Record<
  "apiHost" | "namespace" | "label" | "region" | "uuid" | "key" | "createdAt" | "updatedAt",
  string
>;
type AccessKey = {
  id: string;
  name: string;
  expiresAt?: Date | null;
  createdAt: Date;
  updatedAt: Date;
  secret?: string;
};

type KeyBuilder = {
  put(body: { name: string }): Promise<{ accessKey: AccessKey }>;
  delete(): Promise<unknown>;
};
type KeysBuilder = {
  get(): Promise<{ accessKeys: AccessKey[]; count: number }>;
  post(body: { name: string; expiresIn?: string }): Promise<{ accessKey: AccessKey & { secret: string } }>;
  byKey_id(id: string): KeyBuilder;
};
type Trigger = {
  name: string;
  functionEscaped: string;
  type: string;
  isEnabled: boolean;
  scheduledDetails: { cron: string; body?: unknown };
  scheduledRuns: { lastRunAt?: string | null; nextRunAt?: string | null };
};
type TriggerBuilder = {
  get(): Promise<{ trigger: Trigger }>;
  put(body: Partial<Pick<Trigger, "isEnabled" | "scheduledDetails">>): Promise<{ trigger: Trigger }>;
  delete(): Promise<unknown>;
};
type TriggersBuilder = {
  get(): Promise<{ triggers: Trigger[] }>;
  post(body: Omit<Trigger, "scheduledRuns">): Promise<{ trigger: Trigger }>;
  byTrigger_name(name: string): TriggerBuilder;
};
type NamespaceBuilder = {
  get(): Promise<{ namespace: Namespace }>;
  delete(): Promise<unknown>;
  readonly keys: KeysBuilder;
  readonly triggers: TriggersBuilder;
};
type NamespacesBuilder = {
  get(): Promise<{ namespaces: Namespace[] }>;
  post(body: { label: string; region: string }): Promise<{ namespace: Namespace }>;
  byNamespace_id(id: string): NamespaceBuilder;
};

export class DigitalOceanApiKeyAuthenticationProvider implements AuthenticationProvider {
  constructor(token: string);
  authenticateRequest: AuthenticationProvider["authenticateRequest"];
}
export function createDigitalOceanClient(adapter: FetchRequestAdapter): {
  readonly v2: { readonly functions: { readonly namespaces: NamespacesBuilder } };
};
