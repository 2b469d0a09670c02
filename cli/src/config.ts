import { BAD_BASE_URL, parseBaseUrl } from "@latchkey/contract/client-request";
import envPaths from "env-paths";
import { type AccessKey, parseAccessKey } from "./connections/access-key.ts";
import { UsageError } from "./failure.ts";
import { Secret } from "./secret.ts";

/** Environment variables by name. */
export type Environment = { readonly [name: string]: string | undefined };

/** What the command line takes from its environment. */
export type Config = {
  /** Where the control plane is, without a slash at the end. */
  readonly apiUrl: string;
  readonly token: Secret | null;
  /** From the environment, for pipelines: it replaces stored connections. */
  readonly accessKey: AccessKey | null;
  /** Where connections are kept. */
  readonly folder: string;
  /** All of it, for the variables of project.yml. */
  readonly environment: Environment;
};

const CREDENTIALS = ["LATCHKEY_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN", "LATCHKEY_ACCESS_KEY"];

/** What commands of other people's, such as those that build functions, get to see. */
export const withoutCredentials = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !CREDENTIALS.includes(name)));

const DEFAULT_API_URL = "http://127.0.0.1:3233";

/** The environment of this process; nobody else reads it. */
export const processEnvironment = (): Environment => process.env;

/** Reads the configuration; every problem is reported at once. `apiUrl` is the flag, which goes before the environment. */
export function parseConfig(environment: Environment, flags: { readonly apiUrl?: string | undefined } = {}): Config {
  const problems: string[] = [];
  // An empty variable is how a shell script says "not set".
  const variable = (name: string) => environment[name]?.trim() || undefined;

  const [source, address] =
    flags.apiUrl === undefined ? ["LATCHKEY_API_URL", variable("LATCHKEY_API_URL")] : ["--api-url", flags.apiUrl];
  const apiUrl = parseBaseUrl(address ?? DEFAULT_API_URL);
  if (apiUrl === undefined) problems.push(`${source}: ${BAD_BASE_URL}`);

  const token = variable("LATCHKEY_TOKEN") ?? variable("DIGITALOCEAN_ACCESS_TOKEN");
  const pair = variable("LATCHKEY_ACCESS_KEY");
  const accessKey = pair === undefined ? null : parseAccessKey(pair);
  if (accessKey !== null && "problem" in accessKey) problems.push(`LATCHKEY_ACCESS_KEY: ${accessKey.problem}`);

  if (apiUrl === undefined || (accessKey !== null && "problem" in accessKey)) {
    throw new UsageError(problems.join("\n"), "Correct or unset what is named above, and try again");
  }
  return {
    apiUrl,
    token: token === undefined ? null : new Secret(token),
    accessKey,
    folder: variable("LATCHKEY_CONFIG_DIR") ?? envPaths("latchkey", { suffix: "" }).config,
    environment,
  };
}
