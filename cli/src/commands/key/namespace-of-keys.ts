import type { ControlPlane } from "../../api.ts";
import type { Option } from "../../command.ts";
import type { Context } from "../../context.ts";
import { CliError } from "../../failure.ts";
import { needNamespace } from "../namespaces/find-namespace.ts";

/** `--namespace` of the key commands. */
export const namespaceOption = {
  kind: "text",
  value: "namespace",
  about: "label or id of the namespace; without it, the one you are connected to",
} as const satisfies Option;

/** The id of the namespace that a key command is about. */
export async function namespaceOfKeys(
  context: Context,
  controlPlane: ControlPlane,
  asked: string | undefined,
): Promise<string> {
  if (asked !== undefined) return (await needNamespace(controlPlane, asked)).namespace;
  if (context.config.accessKey !== null) return (await (await context.dataPlane()).namespace()).namespace;
  const current = await context.connections.currentNamespace();
  if (current !== null) return current;
  throw new CliError("Which namespace? You are not connected to one", [
    "Name it: --namespace <label or id>",
    "See what there is: latchkey namespaces list",
  ]);
}
