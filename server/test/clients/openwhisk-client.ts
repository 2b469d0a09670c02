import openwhisk from "openwhisk";
import { expect } from "vitest";
import { createCaller } from "../caller.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";

/** A started server with a namespace, and OpenWhisk's own JavaScript client connected to it under an access key. */
export async function connectClient(options: openwhisk.Options = {}) {
  const latchkey = await startTestLatchkey();
  const caller = createCaller(latchkey.url, latchkey.token);
  const namespace = await caller.addNamespace();
  const { id, secret } = await caller.addKey(namespace);
  const client = openwhisk({ apihost: latchkey.url, api_key: `${id}:${secret}`, ...options });
  return { ...latchkey, client, caller, namespace, key: { id, secret } };
}

/** How the client throws what a server refuses. */
export const refused = (statusCode: number, error?: string) =>
  expect.objectContaining({
    statusCode,
    ...(error === undefined ? {} : { error: expect.objectContaining({ error }) }),
  });
