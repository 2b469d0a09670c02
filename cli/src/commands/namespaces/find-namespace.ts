import { listNamespaces, type NamespaceShape } from "@latchkey/contract/namespaces";
import type { ControlPlane } from "../../api.ts";
import { CliError } from "../../failure.ts";

/** The namespace of exactly this id or label; `undefined` if there is none. Costs one list call. */
export async function findNamespace(
  controlPlane: ControlPlane,
  idOrLabel: string,
): Promise<NamespaceShape | undefined> {
  const { body } = await controlPlane.call(listNamespaces);
  return (
    body.namespaces.find(({ namespace }) => namespace === idOrLabel) ??
    body.namespaces.find(({ label }) => label === idOrLabel)
  );
}

/** The same for commands that cannot do without. */
export async function needNamespace(controlPlane: ControlPlane, idOrLabel: string): Promise<NamespaceShape> {
  const found = await findNamespace(controlPlane, idOrLabel);
  if (found !== undefined) return found;
  throw new CliError(`namespace '${idOrLabel}' not found. Use exact namespace ID or label`, [
    "See what there is: latchkey namespaces list",
  ]);
}
