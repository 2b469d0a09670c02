import { readdir } from "node:fs/promises";
import type { BuildStep } from "../model.ts";
import { isLeftover } from "./walk.ts";

/** How a folder is to be built, or why that cannot be said. */
export type FoundStep = { readonly step: BuildStep } | { readonly problem: string };

/** Decides from the files directly in a folder; `shown` is how messages name it. */
export async function findBuildStep(folder: string, shown: string, of: "function" | "lib"): Promise<FoundStep> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = new Set(
    entries.filter((entry) => !entry.isDirectory() && !isLeftover(entry.name)).map(({ name }) => name),
  );
  const lists = files.has(".include") || files.has(".source");
  const ignores = files.has(".ignore");

  if (of === "lib" && (lists || ignores)) {
    return { problem: "'.include' and '.ignore' are not supported in the 'lib' directory" };
  }
  if (lists && ignores) {
    return { problem: `In ${shown}: '.include' (or '.source') and '.ignore' may not both be present` };
  }
  if (of === "function" && (files.size === 0 || (ignores && files.size === 1))) {
    return { problem: `Function directory ${shown} has no files` };
  }
  const windows = process.platform === "win32";
  const script = windows ? "build.cmd" : "build.sh";
  const foreign = windows ? "build.sh" : "build.cmd";
  if (files.has(script)) return { step: script };
  if (files.has(foreign)) {
    return { problem: `In ${shown}: '${foreign}' won't run on this platform and no '${script}' is provided` };
  }
  if (files.has("package.json")) return { step: "package.json" };
  return { step: lists ? ".include" : "identify" };
}
