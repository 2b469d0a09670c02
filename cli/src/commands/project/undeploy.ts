import { defineCommand } from "../../command.ts";
import { confirmDeletion } from "../../confirm-deletion.ts";
import type { Context } from "../../context.ts";
import { createDeployApi } from "../../deploy-api.ts";
import { CliError, UsageError } from "../../failure.ts";
import type { Column } from "../../output/view.ts";
import type { UndeployResult } from "../../project/index.ts";
import { createTriggerApi, createTriggerApiIfAllowed } from "../../trigger-api.ts";
import { loadProject } from "./load-project.ts";

const COLUMNS: readonly Column<UndeployResult>[] = [
  { name: "Kind", heading: "Kind", cell: ({ kind }) => kind },
  { name: "Name", heading: "Name", cell: ({ name }) => name },
  { name: "Result", heading: "Result", cell: ({ outcome }) => outcome },
];

export const undeploy = defineCommand({
  summary: "Remove functions, packages, or all there is in the namespace",
  examples: [
    "latchkey undeploy billing/send hello",
    ["latchkey undeploy --packages billing", "a package with everything in it"],
    ["latchkey undeploy --triggers nightly", "a scheduled trigger; the function stays"],
    ["latchkey undeploy --project .", "what this project deployed"],
    "latchkey undeploy --all",
  ],
  args: {
    names: {
      kind: "many",
      about: "functions as package/function, or packages with --packages, triggers with --triggers",
    },
  },
  options: {
    packages: { kind: "flag", short: "p", about: "the names without a slash are packages" },
    triggers: { kind: "flag", about: "the names are scheduled triggers" },
    project: {
      kind: "text",
      value: "folder",
      about: "remove the functions of the project in this folder",
      completes: "folders",
    },
    all: { kind: "flag", about: "remove everything in the namespace" },
    force: { kind: "flag", short: "f", about: "with --all: do not ask" },
  },
  async run(context, { args, options }) {
    const what = decide(args.names, options);
    const dataPlane = await context.dataPlane();
    const { namespace } = await dataPlane.namespace();
    if (what.kind === "everything") {
      const question = `Are you sure you want to remove everything in ${namespace}?`;
      await confirmDeletion(context, { force: options.force, what: `everything in ${namespace}`, question });
    }
    const results = await remove(what, { namespace, apiHost: dataPlane.apiHost }, createDeployApi(dataPlane), context);
    for (const result of results) {
      if (result.outcome === "failed") context.warn(`${result.kind} ${result.name} is still there: ${result.reason}`);
    }
    if (results.some(({ outcome }) => outcome !== "deleted")) {
      context.failAfterwards(
        new CliError("not everything could be removed", ["See what is left: latchkey functions list"]),
      );
    }
    return results;
  },
  show: { columns: COLUMNS, rows: (results) => results },
});

type What =
  | { readonly kind: "named"; readonly functions: readonly string[]; readonly packages: readonly string[] }
  | { readonly kind: "triggers"; readonly names: readonly string[] }
  | { readonly kind: "project"; readonly folder: string }
  | { readonly kind: "everything" };

type Options = {
  readonly packages: boolean;
  readonly triggers: boolean;
  readonly project: string | undefined;
  readonly all: boolean;
};

function decide(names: readonly string[], { packages, triggers, project, all }: Options): What {
  if ([names.length > 0, project !== undefined, all].filter((said) => said).length !== 1) {
    throw new UsageError("either names, or `--project`, or `--all` must be specified, and only one of them");
  }
  if (all) return { kind: "everything" };
  if (project !== undefined) return { kind: "project", folder: project };
  if (triggers && packages) throw new UsageError("`--packages` and `--triggers` exclude each other");
  if (triggers) return { kind: "triggers", names };
  const isPackage = (name: string) => packages && !name.includes("/");
  return { kind: "named", functions: names.filter((name) => !isPackage(name)), packages: names.filter(isPackage) };
}

async function remove(
  what: What,
  target: { readonly namespace: string; readonly apiHost: string },
  api: ReturnType<typeof createDeployApi>,
  context: Context,
): Promise<UndeployResult[]> {
  const { readProject, undeployFunctions, undeployNamespace, undeployPackages, undeployProject, undeployTriggers } =
    await loadProject();
  const deps = { api, triggers: createTriggerApiIfAllowed(context, target.namespace) };
  switch (what.kind) {
    case "triggers":
      return undeployTriggers(what.names, createTriggerApi(context.controlPlane(), target.namespace));
    case "named":
      return [...(await undeployFunctions(what.functions, deps)), ...(await undeployPackages(what.packages, deps))];
    case "project":
      return undeployProject(await readProject(what.folder, { environment: context.config.environment }), target, deps);
    case "everything":
      return undeployNamespace(deps);
  }
}
