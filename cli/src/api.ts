import { type Client, createClient } from "@latchkey/contract/client";
import type { ClientCredential } from "@latchkey/contract/client-request";
import { listOwnNamespaces } from "@latchkey/contract/openwhisk/namespaces";
import type { Config } from "./config.ts";
import type { AccessKey } from "./connections/access-key.ts";
import type { ConnectionStore } from "./connections/store.ts";
import { CliError } from "./failure.ts";
import type { LoginStore } from "./logins/store.ts";
import type { Secret } from "./secret.ts";
import { VERSION } from "./version.ts";

const USER_AGENT = `latchkey/${VERSION}`;

type TokenCredential = Extract<ClientCredential, { kind: "token" }>;
type KeyCredential = Extract<ClientCredential, { kind: "access_key" }>;

/** The control plane, under an API token. */
export type ControlPlane = Client<TokenCredential>;

/** How a namespace is called. */
export type NamespaceName = { readonly namespace: string; readonly label: string | null };

/** The data plane of one namespace, under an access key. */
export type DataPlane = {
  readonly client: Client<KeyCredential>;
  readonly apiHost: string;
  readonly accessKeyId: string;
  /** The id of the key's namespace, and the label if it is known; a request, where no connection remembers them. */
  namespace(): Promise<NamespaceName>;
  /** Asks the server which namespace the key opens: exactly one, always. It refuses a key that is no longer good. */
  askNamespace(): Promise<string>;
};

/**
 * Under the token in the environment, or else under the one that `latchkey login` keeps for this server.
 * @throws CliError without an API token
 */
export function openControlPlane({ apiUrl, token }: Config, logins: LoginStore): ControlPlane {
  const found = token ?? logins.find(apiUrl)?.token ?? null;
  if (found === null) {
    throw new CliError(`You are not logged in at ${apiUrl}`, [
      "Log in: latchkey login",
      "For programs, set an API token in the environment: export LATCHKEY_TOKEN=dop_v1_…",
      "The first start of `latchkey serve`, or `latchkey init`, shows the first one",
    ]);
  }
  return openWithToken(apiUrl, found);
}

/** The control plane under this token or session. */
export const openWithToken = (apiUrl: string, token: Secret): ControlPlane =>
  createClient({ baseUrl: apiUrl, credential: { kind: "token", token }, userAgent: USER_AGENT });

/** The data plane under one key; `known` is what a connection remembers of its namespace. */
export function openWithKey(apiHost: string, accessKey: AccessKey, known?: NamespaceName): DataPlane {
  const credential = { kind: "access_key", id: accessKey.id, secret: accessKey.secret } as const;
  const client = createClient({ baseUrl: apiHost, credential, userAgent: USER_AGENT });
  const askNamespace = async () => (await client.call(listOwnNamespaces)).body[0] ?? "";
  return {
    client,
    apiHost: client.baseUrl,
    accessKeyId: accessKey.id,
    namespace: async () => known ?? { namespace: await askNamespace(), label: null },
    askNamespace,
  };
}

/**
 * The data plane of the key in the environment or else of the connection in use.
 * @throws CliError if there is neither
 */
export async function openDataPlane(config: Config, connections: ConnectionStore): Promise<DataPlane> {
  if (config.accessKey !== null) return openWithKey(config.apiUrl, config.accessKey);
  const connection = await connections.current();
  if (connection !== null) return openWithKey(connection.apiHost, connection.accessKey, connection);
  throw new CliError("Not connected to a functions namespace", [
    "Connect with an access key: latchkey connect",
    "Create one first, if you have none: latchkey key create --namespace <namespace> --name <name> --expiration 30d",
  ]);
}

/** A client for what needs no credential. */
export const openWithoutKey = (apiHost: string): Client<{ kind: "none" }> =>
  createClient({ baseUrl: apiHost, credential: { kind: "none" }, userAgent: USER_AGENT });
