import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ProjectError } from "../errors.ts";
import { SAMPLES, type SampleLanguage } from "./samples.ts";

/**
 * Writes a small project to start from into a folder, which is created if need be, and returns the paths of its files
 * relative to it. Throws a `ProjectError` rather than replace a file; nothing is written then.
 */
export async function initProject(
  folder: string,
  { language }: { readonly language: SampleLanguage },
): Promise<string[]> {
  const files = Object.entries(SAMPLES[language]);
  const taken: string[] = [];
  for (const [path] of files) {
    const free = await access(join(folder, path)).then(
      () => false,
      () => true,
    );
    if (!free) taken.push(path);
  }
  if (taken.length > 0) {
    const plural = taken.length === 1 ? "exists" : "exist";
    throw ProjectError.of(`Nothing was written to '${folder}' because ${taken.join(", ")} already ${plural} there`);
  }
  for (const [path, text] of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text, { flag: "wx" });
  }
  return files.map(([path]) => path);
}
