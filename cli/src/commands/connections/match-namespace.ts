import { ApiError } from "@latchkey/contract/client-errors";
import { listNamespaces, type NamespaceShape } from "@latchkey/contract/namespaces";
import type { DataPlane } from "../../api.ts";
import { isNamespaceId } from "../../connections/connection.ts";
import type { Context } from "../../context.ts";
import { describeRefusal } from "../../explain.ts";
import { CliError } from "../../failure.ts";

// Texts as doctl's where it has one (do-functions-api 7.4).

/** The team's namespaces, if there is a token that may list them. The key alone must do otherwise, so a refusal stops nothing. */
export async function listIfPossible({
  config,
  controlPlane,
  warn,
}: Context): Promise<readonly NamespaceShape[] | null> {
  if (config.token === null) return null;
  try {
    return (await controlPlane().call(listNamespaces)).body.namespaces;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    warn(`your API token cannot list namespaces, so the key alone must do: ${describeRefusal(error)}`);
    return null;
  }
}

/** The namespace whose id or label is the hint, or else the only one of which it is a part. */
export function pickNamespace(namespaces: readonly NamespaceShape[], hint: string): NamespaceShape {
  const next = ["See what there is: latchkey namespaces list"] as const;
  if (namespaces.length === 0) {
    throw new CliError("you must create a namespace first", [
      "latchkey namespaces create --label <label> --region nyc1",
    ]);
  }
  const exact = namespaces.find(({ namespace, label }) => namespace === hint || label === hint);
  if (exact !== undefined) return exact;
  const [first, ...more] = namespaces.filter(
    ({ namespace, label }) => namespace.includes(hint) || label.includes(hint),
  );
  if (first === undefined) throw new CliError(`no namespace found matching '${hint}'`, next);
  if (more.length > 0) throw new CliError(`multiple namespaces match '${hint}', please be more specific`, next);
  return first;
}

/** Asks the key's own namespace of the server: the proof that the key is good. */
export async function nameOwnNamespace(dataPlane: DataPlane): Promise<string> {
  const namespace = await dataPlane.askNamespace().catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.kind !== "unauthorized") throw error;
    throw new CliError(
      `failed to connect with provided access-key: ${describeRefusal(error)}`,
      [`Is it a key for ${dataPlane.apiHost}, not expired and not deleted? See: latchkey key list`],
      { cause: error },
    );
  });
  if (isNamespaceId(namespace)) return namespace;
  throw new CliError(`${dataPlane.apiHost} names a namespace that cannot be one`, [
    "Check the address: --api-url, or LATCHKEY_API_URL",
  ]);
}

/** Makes sure that a key opens the namespace it was said to open. `expected` is null where only the key is known. */
export function demandNamespace(namespace: string, asked: string, expected: NamespaceShape | null): void {
  if ((expected?.namespace ?? asked) === namespace) return;
  if (expected === null && !asked.startsWith("fn-")) {
    throw new CliError(
      `the key opens ${namespace}, and without an API token nobody can tell whether that is '${asked}'`,
      [
        `Connect without naming it, or by its id: latchkey connect ${namespace}`,
        "Or set LATCHKEY_TOKEN, so that its label can be looked up",
      ],
    );
  }
  throw new CliError(`access-key does not match namespace '${expected?.namespace ?? asked}'`, [
    `The key opens ${namespace}; to connect to that: latchkey connect ${namespace}`,
  ]);
}
