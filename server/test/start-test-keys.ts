import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { onTestFinished } from "vitest";
import { type Answer, basic, type Caller, createCaller, type HeldKey } from "./caller.ts";
import { addToken, type TokenOptions } from "./people.ts";
import { startTestLatchkey } from "./start-test-latchkey.ts";

type Row = Record<string, SQLOutputValue>;

/** A server with an owner, a namespace and a service identity, and everything that tests of keys look at. */
export async function startTestKeys(environment: Record<string, string> = {}) {
  const latchkey = await startTestLatchkey({ environment });
  const owner = createCaller(latchkey.url, latchkey.token);
  const namespaceId = await owner.addNamespace();
  const database = new DatabaseSync(latchkey.folder.database);
  onTestFinished(() => database.close());
  const rows = (sql: string, ...parameters: string[]): Row[] => database.prepare(sql).all(...parameters);

  const json = ({ text }: Answer): Record<string, never> & { access_key: HeldKey & { name: string } } =>
    JSON.parse(text);
  const keyPath = (id: string) => `/v2/functions/namespaces/${namespaceId}/keys/${id}`;

  return {
    ...latchkey,
    owner,
    namespaceId,
    database,
    rows,
    json,
    keyPath,
    /** Somebody else in the team. */
    async join(options: TokenOptions = { role: "member" }): Promise<Caller & { readonly id: string }> {
      const { token, userId } = await addToken(latchkey, options);
      return { ...createCaller(latchkey.url, token), id: userId };
    },
    async addServiceIdentity(name = "robot", fields: object = {}): Promise<string> {
      const { text } = await owner.send("POST", "/v2/team/service-identities", { json: { name, ...fields } });
      return String(JSON.parse(text).service_identity.id);
    },
    /** The statuses that these credentials get. */
    statusesOf: (...held: HeldKey[]): Promise<number[]> =>
      Promise.all(held.map(async (key) => (await owner.connect(key)).status)),
    /** The names of the keys that the namespace has. */
    async names(): Promise<string[]> {
      const { text } = await owner.send("GET", keyPath("").slice(0, -1));
      return JSON.parse(text).access_keys.map(({ name }: { name: string }) => name);
    },
    /** Entries of the audit log with this verb, oldest first, details parsed. */
    entries: (verb: string) =>
      rows("SELECT * FROM audit_entries WHERE verb = ? ORDER BY seq", verb).map((row) => ({
        ...row,
        details: JSON.parse(String(row["details"])),
      })),
    use: (held: HeldKey, path = "/api/v1/namespaces") => owner.send("GET", path, { authorization: basic(held) }),
  };
}
