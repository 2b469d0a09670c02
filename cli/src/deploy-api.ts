import { ApiError } from "@latchkey/contract/client-errors";
import { listActions, putAction, putPackagedAction } from "@latchkey/contract/openwhisk/actions";
import { getInfo } from "@latchkey/contract/openwhisk/info";
import { deletePackage, getPackage, listPackages, putPackage } from "@latchkey/contract/openwhisk/packages";
import { LIST_LIMIT_MAX } from "@latchkey/contract/openwhisk/queries";
import { type DataPlane, openWithoutKey } from "./api.ts";
import { fetchFunction, functionName, OWN_NAMESPACE, parseFunctionName, removeFunction } from "./functions.ts";
import type { DeployApi, UndeployApi } from "./project/index.ts";

type Stored = Awaited<ReturnType<DeployApi["putPackage"]>>;

/** What deploying and undeploying a project need, over the data plane of a namespace. */
export function createDeployApi({ client, apiHost, askNamespace }: DataPlane): DeployApi & UndeployApi {
  const named = (name: string) => ({ params: { ...OWN_NAMESPACE, name } });
  const whole = { params: OWN_NAMESPACE, query: { limit: String(LIST_LIMIT_MAX) } };
  return {
    namespaces: async () => [await askNamespace()],
    runtimes: async () => (await openWithoutKey(apiHost).call(getInfo)).body.runtimes,
    getPackage: (name) => orNull(async () => stored((await client.call(getPackage, named(name))).body)),
    putPackage: async (name, body) =>
      stored((await client.call(putPackage, { ...named(name), query: { overwrite: "true" }, body })).body),
    getAction: (name) =>
      orNull(async () => stored(await fetchFunction(client, parseFunctionName(name), { code: false }))),
    async putAction(name, body) {
      const fn = parseFunctionName(name);
      const query = { overwrite: "true" };
      const answer =
        fn.package === null
          ? await client.call(putAction, { ...named(fn.name), query, body })
          : await client.call(putPackagedAction, {
              params: { ...OWN_NAMESPACE, package: fn.package, name: fn.name },
              query,
              body,
            });
      return stored(answer.body);
    },
    deleteAction: async (name) => (await orNull(() => removeFunction(client, parseFunctionName(name)))) !== null,
    deletePackage: async (name) => (await orNull(() => client.call(deletePackage, named(name)))) !== null,
    listPackage: (name) =>
      orNull(async () => (await client.call(getPackage, named(name))).body.actions.map((action) => action.name)),
    async listActions() {
      const { body } = await client.call(listActions, whole);
      return Array.isArray(body) ? body.map(functionName) : [];
    },
    async listPackages() {
      const { body } = await client.call(listPackages, whole);
      return Array.isArray(body) ? body.map(({ name }) => name) : [];
    },
  };
}

type Answered = { readonly version: string; readonly annotations: readonly { key: string; value: unknown }[] };
/** What came over the wire was JSON, so its values are, although the contract does not say more of them. */
const stored = ({ version, annotations }: Answered): Stored => ({
  version,
  annotations: annotations as Stored["annotations"],
});

/** Null where the API says that there is no such thing. */
async function orNull<Value>(ask: () => Promise<Value>): Promise<Value | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiError && error.kind === "not_found") return null;
    throw error;
  }
}
