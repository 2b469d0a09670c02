import {
  type ActionShape,
  deleteAction,
  deletePackagedAction,
  getAction,
  getPackagedAction,
  invokeAction,
  invokePackagedAction,
} from "@latchkey/contract/openwhisk/actions";
import type { DataPlane } from "./api.ts";
import { UsageError } from "./failure.ts";

type KeyClient = DataPlane["client"];

/** The namespace of the access key, whichever it is. */
export const OWN_NAMESPACE = { namespace: "_" } as const;

/** A function's name, taken apart; `package` is null for one that is in none. */
export type FunctionName = { readonly package: string | null; readonly name: string };

/** Reads `function` or `package/function`. */
export function parseFunctionName(text: string): FunctionName {
  const [first = "", second, ...more] = text.split("/");
  if (more.length > 0 || first === "" || second === "") {
    throw new UsageError(
      `'${text}' is not the name of a function`,
      "Write it as package/function, or function if it is in no package",
    );
  }
  return second === undefined ? { package: null, name: first } : { package: first, name: second };
}

/** `package/function`, from the `namespace` and `name` that the API gives. */
export function functionName({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  const [, inPackage] = namespace.split("/");
  return inPackage === undefined ? name : `${inPackage}/${name}`;
}

type Entry = { readonly key: string; readonly value: unknown };
/** The value of one of the annotations of a function or an activation. */
export const annotation = (annotations: readonly Entry[], key: string): unknown =>
  annotations.find((entry) => entry.key === key)?.value;

/** Whether a function can be called on the web. */
export const isOnWeb = ({ annotations }: Pick<ActionShape, "annotations">): boolean =>
  annotation(annotations, "web-export") === true;

/** Where a function is called: on the web if it is exported there, else with an access key. */
export function addressOf(apiHost: string, fn: Pick<ActionShape, "namespace" | "name" | "annotations">): string {
  const [own = "", inPackage] = fn.namespace.split("/");
  const segments = (...parts: string[]) => parts.map(encodeURIComponent).join("/");
  if (isOnWeb(fn)) return `${apiHost}/api/v1/web/${segments(own, inPackage ?? "default", fn.name)}`;
  const path = inPackage === undefined ? segments(fn.name) : segments(inPackage, fn.name);
  return `${apiHost}/api/v1/namespaces/${segments(own)}/actions/${path}`;
}

// The API has two addresses for each thing one can do with a function; from here on there is one.

/** Gets a function, with its code only if asked. */
export async function fetchFunction(client: KeyClient, fn: FunctionName, { code }: { code: boolean }) {
  const query = { code: String(code) };
  const { body } =
    fn.package === null
      ? await client.call(getAction, { params: { ...OWN_NAMESPACE, name: fn.name }, query })
      : await client.call(getPackagedAction, {
          params: { ...OWN_NAMESPACE, package: fn.package, name: fn.name },
          query,
        });
  return body;
}

/** Deletes a function and gives what it was. */
export async function removeFunction(client: KeyClient, fn: FunctionName) {
  const { body } =
    fn.package === null
      ? await client.call(deleteAction, { params: { ...OWN_NAMESPACE, name: fn.name } })
      : await client.call(deletePackagedAction, { params: { ...OWN_NAMESPACE, package: fn.package, name: fn.name } });
  return body;
}

type Invocation = {
  readonly blocking: boolean;
  readonly result: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** Invokes a function. Without parameters there is no body at all, as with doctl. */
export async function callFunction(client: KeyClient, fn: FunctionName, { blocking, result, parameters }: Invocation) {
  const input = {
    query: { blocking: String(blocking), result: String(result) },
    ...(Object.keys(parameters).length > 0 && { body: parameters }),
  };
  return fn.package === null
    ? client.call(invokeAction, { params: { ...OWN_NAMESPACE, name: fn.name }, ...input })
    : client.call(invokePackagedAction, {
        params: { ...OWN_NAMESPACE, package: fn.package, name: fn.name },
        ...input,
      });
}
