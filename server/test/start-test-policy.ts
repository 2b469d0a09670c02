import { DatabaseSync } from "node:sqlite";
import { getAccessKey } from "@latchkey/contract/access-keys";
import {
  getTeamPolicy,
  type PolicyInput,
  previewNamespacePolicy,
  previewTeamPolicy,
  setNamespacePolicy,
  setTeamPolicy,
} from "@latchkey/contract/policy";
import { onTestFinished } from "vitest";
import { createCaller } from "./caller.ts";
import { startTestLatchkey } from "./start-test-latchkey.ts";
import { createTeam } from "./team.ts";

/** A policy that demands nothing. */
export const OPEN: PolicyInput = {
  longest_lifetime_days: null,
  never_allowed: true,
  most_keys_per_person: null,
  suspend_unused_days: null,
  allowed_networks: null,
  service_keys: "members",
};

type Change = { readonly grace?: number; readonly namespace?: string };

/** A server with a namespace, and its owner, who sets policies. */
export async function startTestPolicy(environment: Record<string, string> = {}) {
  // Whoever sits behind a proxy comes from where the proxy says.
  const latchkey = await startTestLatchkey({ environment: { LATCHKEY_TRUST_PROXY: "true", ...environment } });
  const owner = createCaller(latchkey.url, latchkey.token);
  const team = createTeam(latchkey.url, latchkey.token);
  const namespaceId = await owner.addNamespace();
  const database = new DatabaseSync(latchkey.folder.database);
  onTestFinished(() => database.close());

  const pathOf = (namespace: string | undefined) =>
    namespace === undefined ? "/v2/team/policy" : `/v2/functions/namespaces/${namespace}/policy`;
  const send = (method: string, path: string, changes: Partial<PolicyInput>, { grace }: Change) =>
    owner.send(method, path, {
      json: { policy: { ...OPEN, ...changes }, ...(grace !== undefined && { grace_days: grace }) },
    });

  return {
    latchkey,
    owner,
    team,
    namespaceId,
    get: async () => getTeamPolicy.answers[200].parse(JSON.parse((await owner.send("GET", "/v2/team/policy")).text)),
    async set(changes: Partial<PolicyInput>, change: Change = {}) {
      const { text } = await send("PUT", pathOf(change.namespace), changes, change);
      return (change.namespace === undefined ? setTeamPolicy : setNamespacePolicy).answers[200].parse(JSON.parse(text));
    },
    async preview(changes: Partial<PolicyInput>, change: Change = {}) {
      const { text } = await send("POST", `${pathOf(change.namespace)}/preview`, changes, change);
      const route = change.namespace === undefined ? previewTeamPolicy : previewNamespacePolicy;
      return route.answers[200].parse(JSON.parse(text));
    },
    async look({ id }: { id: string }, namespace = namespaceId) {
      const { text } = await owner.send("GET", `/v2/functions/namespaces/${namespace}/keys/${id}`);
      return getAccessKey.answers[200].parse(JSON.parse(text)).access_key;
    },
    /** Uses a key as from that address. */
    useFrom: async (key: { id: string; secret: string }, address: string) => {
      const response = await fetch(`${latchkey.url}/api/v1/namespaces`, {
        headers: {
          authorization: `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString("base64")}`,
          "x-forwarded-for": address,
        },
      });
      return { status: response.status, text: await response.text() };
    },
    /** What the audit log has of these verbs. */
    entries: (...verbs: readonly string[]) =>
      database
        .prepare(
          `SELECT actor_kind, verb, target_id, details FROM audit_entries WHERE verb IN (SELECT value FROM json_each(?)) ORDER BY seq`,
        )
        .all(JSON.stringify(verbs))
        .map(({ actor_kind, verb, target_id, details }) => ({
          ...{ actor_kind, verb, target_id },
          details: JSON.parse(String(details)),
        })),
    database,
  };
}
