import { createAccessKey, listAccessKeys } from "@latchkey/contract/access-keys";
import { createNamespace } from "@latchkey/contract/namespaces";
import { createSchedule } from "@latchkey/contract/schedules";
import { expect } from "vitest";
import type { ControlPlane, Sending } from "./control-plane.ts";

export const NAMESPACES = "/v2/functions/namespaces";
/** An id that has the shape of a namespace's and belongs to none. */
export const NO_NAMESPACE = "fn-00000000-0000-4000-8000-000000000000";
/** An id that has the shape of an access key's and belongs to none. */
export const NO_KEY = `dof_v1_${"0".repeat(32)}`;

/** A scheduled trigger as it is created, of the function that `addFunction` deploys. */
export const TRIGGER = {
  name: "nightly",
  function: "hello",
  type: "SCHEDULED",
  is_enabled: true,
  scheduled_details: { cron: "0 3 * * *", body: { to: "ops" } },
};

export const triggersOf = (namespaceId: string): string => `${NAMESPACES}/${namespaceId}/triggers`;
export const keysOf = (namespaceId: string): string => `${NAMESPACES}/${namespaceId}/keys`;

/** Creates a namespace. */
export async function addNamespace({ send }: Pick<ControlPlane, "send">, label = "demo", sending: Sending = {}) {
  const answer = await send("POST", NAMESPACES, { json: { label, region: "fra1" }, ...sending });
  expect(answer.status).toBe(200);
  return createNamespace.answers[200].parse(answer.body).namespace;
}

/** Creates an access key; `fields` beside its name. */
export async function addKey(
  { send }: Pick<ControlPlane, "send">,
  namespaceId: string,
  name: string,
  fields: object = {},
) {
  const answer = await send("POST", keysOf(namespaceId), { json: { name, ...fields } });
  expect(answer.status).toBe(201);
  return createAccessKey.answers[201].parse(answer.body).access_key;
}

export async function listKeys({ send }: Pick<ControlPlane, "send">, namespaceId: string) {
  const answer = await send("GET", keysOf(namespaceId));
  expect(answer.status).toBe(200);
  return listAccessKeys.answers[200].parse(answer.body).access_keys;
}

/** Deploys a function, under a key that is deleted again. */
export async function addFunction(
  plane: Pick<ControlPlane, "send">,
  { namespace, api_host }: { namespace: string; api_host: string },
  path = TRIGGER.function,
): Promise<void> {
  const { id, secret } = await addKey(plane, namespace, "deploys");
  const response = await fetch(`${api_host}/api/v1/namespaces/_/actions/${path}?overwrite=true`, {
    method: "PUT",
    headers: { authorization: basic(id, secret), "content-type": "application/json" },
    body: JSON.stringify({ exec: { kind: "nodejs:default", code: "exports.main = () => ({})" } }),
  });
  expect(response.status).toBe(200);
  await plane.send("DELETE", `${keysOf(namespace)}/${id}`);
}

/** Creates `TRIGGER`, with these fields in place of its own. */
export async function addTrigger({ send }: Pick<ControlPlane, "send">, namespaceId: string, fields: object = {}) {
  const answer = await send("POST", triggersOf(namespaceId), { json: { ...TRIGGER, ...fields } });
  expect(answer.status, answer.text).toBe(200);
  return createSchedule.answers[200].parse(answer.body).trigger;
}

const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

/** What the data plane says to a key: status and body of `GET /api/v1/namespaces`, the call that clients connect with. */
export async function connect(apiHost: string, { id, secret }: { id: string; secret: string }) {
  const response = await fetch(`${apiHost}/api/v1/namespaces`, { headers: { authorization: basic(id, secret) } });
  return { status: response.status, body: await response.json() };
}
