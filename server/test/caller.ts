import { createAccessKey, rotateAccessKey } from "@latchkey/contract/access-keys";
import { createNamespace } from "@latchkey/contract/namespaces";

/** An access key as whoever created it holds it. */
export type HeldKey = { readonly id: string; readonly secret: string };
export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string };

export const basic = ({ id, secret }: HeldKey): string => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
export const bearer = (token: string): string => `Bearer ${token}`;

const NAMESPACES = "/v2/functions/namespaces";

/** Somebody with an API token who talks to a server over its socket. Nothing is checked but that creating things works. */
export function createCaller(url: string, token: string) {
  const send = async (
    method: string,
    path: string,
    { authorization = bearer(token), json }: { authorization?: string; json?: unknown } = {},
  ): Promise<Answer> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization, accept: "application/json", "content-type": "application/json" },
      body: json === undefined ? null : JSON.stringify(json),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const keyPath = (namespaceId: string, id: string) => `${NAMESPACES}/${namespaceId}/keys/${id}`;

  return {
    send,

    async addNamespace(label = "demo"): Promise<string> {
      const { text } = await send("POST", NAMESPACES, { json: { label, region: "fra1" } });
      return createNamespace.answers[200].parse(JSON.parse(text)).namespace.namespace;
    },
    removeNamespace: (id: string) => send("DELETE", `${NAMESPACES}/${id}`),

    async addKey(namespaceId: string, name = "ci", fields: object = {}): Promise<HeldKey> {
      const { text } = await send("POST", `${NAMESPACES}/${namespaceId}/keys`, { json: { name, ...fields } });
      const { id, secret } = createAccessKey.answers[201].parse(JSON.parse(text)).access_key;
      return { id, secret };
    },
    async rotateKey(namespaceId: string, id: string, overlap: string | 0): Promise<HeldKey> {
      const { text } = await send("POST", `${keyPath(namespaceId, id)}/rotate`, { json: { overlap } });
      const { secret } = rotateAccessKey.answers[200].parse(JSON.parse(text)).access_key;
      return { id, secret };
    },
    renameKey: (namespaceId: string, id: string, name: string) =>
      send("PUT", keyPath(namespaceId, id), { json: { name } }),
    removeKey: (namespaceId: string, id: string) => send("DELETE", keyPath(namespaceId, id)),

    /** Connects as clients do: 200 with the key's namespace, or the refusal. */
    connect: (key: HeldKey) => send("GET", "/api/v1/namespaces", { authorization: basic(key) }),
    deploy: (key: HeldKey, name: string, code = "exports.main = () => ({})") =>
      send("PUT", `/api/v1/namespaces/_/actions/${name}?overwrite=true`, {
        authorization: basic(key),
        json: { exec: { kind: "nodejs:default", code } },
      }),
  };
}

export type Caller = ReturnType<typeof createCaller>;
