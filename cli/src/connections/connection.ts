import { z } from "zod";
import { Secret } from "../secret.ts";
import type { AccessKey } from "./access-key.ts";

/** A namespace on a server, and the access key that opens it. */
export type Connection = {
  /** Its id. */
  readonly namespace: string;
  /** What its owner called it; null if nobody could say when it was connected. */
  readonly label: string | null;
  /** Where its data plane is. */
  readonly apiHost: string;
  readonly accessKey: AccessKey;
};

/**
 * What can be a namespace's id. It becomes the name of a file, and it comes from a server: nothing in it may lead out of the folder.
 */
export const isNamespaceId = (text: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9_@.-]{0,199}$/.test(text);

const Stored = z.object({
  namespace: z.string().refine(isNamespaceId),
  label: z.string().nullable(),
  api_host: z.string(),
  access_key: z.object({ id: z.string(), secret: z.string().min(1) }),
});

/** The connection that a file holds; `undefined` if it holds none. */
export function parseConnection(text: string): Connection | undefined {
  try {
    const stored = Stored.parse(JSON.parse(text));
    const { id, secret } = stored.access_key;
    return {
      namespace: stored.namespace,
      label: stored.label,
      apiHost: stored.api_host,
      accessKey: { id, secret: new Secret(secret) },
    };
  } catch {
    return undefined;
  }
}

/** What goes into its file, the secret included. */
export function writeConnection({ namespace, label, apiHost, accessKey }: Connection): string {
  const stored: z.infer<typeof Stored> = {
    namespace,
    label,
    api_host: apiHost,
    access_key: { id: accessKey.id, secret: accessKey.secret.reveal() },
  };
  return `${JSON.stringify(stored, null, 2)}\n`;
}

/** What may be shown of it. */
export const describeConnection = ({ namespace, label, apiHost, accessKey }: Connection) => ({
  namespace,
  label,
  api_host: apiHost,
  access_key_id: accessKey.id,
});

/** `Connected to …`, as doctl says it. */
export const connectedTo = (connection: { namespace: string; label: string | null; api_host: string }): string =>
  `Connected to functions namespace '${connection.namespace}' on API host '${connection.api_host}'${
    connection.label === null ? "" : ` (label=${connection.label})`
  }`;
