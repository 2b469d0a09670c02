import { type DeployOptions, deployProject } from "../src/project/deploy/deploy-project.ts";
import type { DeployReport, FunctionResult, ProgressEvent } from "../src/project/deploy/report.ts";
import { type ReadOptions, readProject } from "../src/project/read-project.ts";
import { fakeNamespace } from "./fake-namespace.ts";

/** The API host that deployed functions are told to be at. */
export const API_HOST = "http://127.0.0.1:3233";

/** What a deployment gave, with its functions' results by name. */
export type Deployed = {
  readonly report: DeployReport;
  readonly events: readonly ProgressEvent[];
  readonly results: { readonly [name: string]: FunctionResult };
};

/** Reads the project in a folder and deploys it to a namespace that is as good as real. */
export async function deployFolder(
  root: string,
  server = fakeNamespace(),
  options: Partial<DeployOptions & ReadOptions> = {},
): Promise<Deployed> {
  const { include, exclude, envFile, ...rest } = options;
  const environment = options.environment ?? { PATH: "/usr/local/bin:/usr/bin:/bin" };
  const project = await readProject(root, { environment, include, exclude, envFile });
  const events: ProgressEvent[] = [];
  const report = await deployProject(project, {
    api: server,
    triggers: server.control,
    namespace: server.namespace,
    apiHost: API_HOST,
    progress: (event) => events.push(event),
    ...rest,
    environment,
  });
  return { report, events, results: Object.fromEntries(report.functions.map((result) => [result.name, result])) };
}
