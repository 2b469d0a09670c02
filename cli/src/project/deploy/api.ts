import type { Dictionary, Json, Limits } from "../model.ts";

// What deploying needs of the two APIs. The command line implements it over its client. An error that a method throws
// has a message for people: it ends up in the report, as the reason why something failed.

/** One entry of a `parameters` list; `init` makes it an environment variable. */
export type Parameter = { readonly key: string; readonly value: Json; readonly init?: true };
/** One entry of an `annotations` list. */
export type Annotation = { readonly key: string; readonly value: Json };

/** Body of `PUT …/packages/{name}?overwrite=true`. */
export type PackageBody = {
  readonly annotations: readonly Annotation[];
  readonly parameters: readonly Parameter[];
  readonly publish: boolean;
  readonly binding?: { readonly namespace: string; readonly name: string };
};

/** `exec` of a function that has code, and of a sequence. */
export type ActionExec =
  | {
      readonly kind: string;
      readonly code: string;
      readonly binary: boolean;
      readonly main?: string;
      readonly image?: string;
    }
  | { readonly kind: "sequence"; readonly components: readonly string[] };

/** Body of `PUT …/actions/{name}?overwrite=true`. */
export type ActionBody = {
  readonly annotations: readonly Annotation[];
  readonly parameters: readonly Parameter[];
  readonly exec: ActionExec;
  readonly limits?: Limits;
};

/** What of a stored package or function is of interest. */
export type Stored = { readonly version: string; readonly annotations: readonly Annotation[] };

/** `runtimes` of the info document: by family, the kinds the server offers. */
export type Runtimes = {
  readonly [family: string]: readonly { readonly kind: string; readonly default?: boolean | undefined }[];
};

/** The data plane, with the credential of the namespace. Names are `package/function`, or `function` alone. */
export type DeployApi = {
  /** `GET /api/v1/namespaces`: the namespace of the credential. */
  namespaces(): Promise<readonly string[]>;
  /** `GET /api/v1`, its `runtimes`. */
  runtimes(): Promise<Runtimes>;
  /** Null when there is none. */
  getPackage(name: string): Promise<Stored | null>;
  putPackage(name: string, body: PackageBody): Promise<Stored>;
  /** Asked for without its code; null when there is none. */
  getAction(name: string): Promise<Stored | null>;
  putAction(name: string, body: ActionBody): Promise<Stored>;
};

/** Body of `POST /v2/functions/namespaces/{ns}/triggers`. */
export type TriggerBody = {
  readonly name: string;
  readonly function: string;
  readonly type: "SCHEDULED";
  readonly is_enabled: boolean;
  readonly scheduled_details: { readonly cron: string; readonly body: Dictionary | null };
};

/** The control plane, with an API token. */
export type TriggerApi = {
  /** Fails when there is none. */
  deleteTrigger(name: string): Promise<void>;
  createTrigger(body: TriggerBody): Promise<void>;
};
