import { ApiError } from "@latchkey/contract/client-errors";
import { getInfo, type InfoShape } from "@latchkey/contract/openwhisk/info";
import { type DataPlane, openWithoutKey } from "../../api.ts";
import { defineCommand } from "../../command.ts";
import { connectedTo } from "../../connections/connection.ts";
import type { Context } from "../../context.ts";
import { describeRefusal } from "../../explain.ts";
import { CliError } from "../../failure.ts";
import { VERSION } from "../../version.ts";

type Status = {
  readonly namespace: string;
  readonly label: string | null;
  readonly api_host: string;
  readonly access_key_id: string;
  readonly version: string;
  readonly kept_in?: string;
  readonly runtimes?: InfoShape["runtimes"];
};

export const status = defineCommand({
  summary: "Say what you are connected to, and whether your key is still good",
  examples: ["latchkey status", ["latchkey status --languages", "and what the server can run"]],
  options: {
    languages: { kind: "flag", short: "l", about: "list the languages that functions may be written in" },
    credentials: { kind: "flag", about: "say which access key is used and where it is kept" },
  },
  async run(context, { options }): Promise<Status> {
    const dataPlane = await context.dataPlane();
    const { namespace, label } = await dataPlane.namespace();
    await checkConnection(dataPlane, namespace);
    return {
      namespace,
      label,
      api_host: dataPlane.apiHost,
      access_key_id: dataPlane.accessKeyId,
      version: VERSION,
      ...(options.credentials && { kept_in: whereKept(context, namespace) }),
      ...(options.languages && { runtimes: (await openWithoutKey(dataPlane.apiHost).call(getInfo)).body.runtimes }),
    };
  },
  show: { text: describe },
});

/** Asks the server: a key may have been revoked since it was stored. */
async function checkConnection({ askNamespace, accessKeyId }: DataPlane, namespace: string): Promise<void> {
  const next = ["Connect with a key that is good: latchkey connect"] as const;
  const opened = await askNamespace().catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.kind !== "unauthorized") throw error;
    const refusal = `the access key ${accessKeyId} is not accepted: ${describeRefusal(error)}`;
    throw new CliError(`not connected to a functions namespace: ${refusal}`, next, { cause: error });
  });
  if (opened === namespace) return;
  throw new CliError(`not connected: the access key ${accessKeyId} opens '${opened}' and not '${namespace}'`, next);
}

const whereKept = ({ config, connections }: Context, namespace: string): string =>
  config.accessKey === null ? connections.fileOf(namespace) : "LATCHKEY_ACCESS_KEY";

function describe(status: Status): string {
  const lines = [connectedTo(status), `Latchkey version is ${status.version}`];
  if (status.kept_in !== undefined) lines.push(`Access key ${status.access_key_id}, kept in ${status.kept_in}`);
  if (status.runtimes !== undefined) {
    lines.push("", "Supported Languages:");
    for (const [language, runtimes] of Object.entries(status.runtimes)) {
      lines.push(`${language}:`, ...runtimes.map(describeRuntime));
    }
  }
  return lines.join("\n");
}

const describeRuntime = ({ kind, ...is }: { kind: string; default: boolean; deprecated: boolean }): string =>
  `  ${kind}${is.default ? " (default)" : ""}${is.deprecated ? " (deprecated)" : ""}`;
