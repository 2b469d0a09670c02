import { matchesGlob } from "node:path";
import type { SourceFile } from "./source.ts";
import type { TidyRule } from "./tidy-rules.ts";

const matchesAny = (path: string, globs: readonly string[]) => globs.some((glob) => matchesGlob(path, glob));

/** Whether `rule` has anything to say about the file at `path`. */
export function isAbout({ within, allowedIn }: TidyRule, path: string): boolean {
  return (within === undefined || matchesAny(path, within)) && !matchesAny(path, allowedIn);
}

/** Where `file` breaks `rule`, each as a place that an editor can jump to, and why it matters. */
export function findUntidy(rule: TidyRule, file: SourceFile): string[] {
  if (!isAbout(rule, file.path)) return [];
  const reason = `  not here, because ${rule.because}`;
  if (rule.lookIn === "path") return rule.forbid.test(file.path) ? [`${file.path}\n${reason}`] : [];

  const shown = file.text.split("\n");
  return file[rule.lookIn].split("\n").flatMap((line, index) => {
    const place = `${file.path}:${index + 1}: ${shown[index]?.trim()}`;
    return rule.forbid.test(line) ? [`${place}\n${reason}`] : [];
  });
}
