import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** A file as the tidy rules read it. Both texts have the same lines, so a finding in either has a line number. */
export type SourceFile = {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the contents of strings blanked; empty for what is not TypeScript or JavaScript. */
  readonly code: string;
};

const NOT_OURS = new Set(["node_modules", ".git", ".deployed", "coverage"]);
const WRITTEN_BY_PROGRAMS = new Set(["package-lock.json", "contract/openapi.json"]);
const READABLE = /\.(ts|tsx|js|cjs|mjs|json|jsonc|md|sh|ya?ml|html|css|txt)$|(^|\/)\.?[^./]+$/;
const CODE = /\.(ts|tsx|js|cjs|mjs)$/;

/** Every file of the repository at `root` that people write. */
export function readSources(root: string): SourceFile[] {
  return globSync(["**/*", "**/.*", ".{ci,github}/**"], {
    cwd: root,
    withFileTypes: true,
    exclude: ({ name }) => NOT_OURS.has(name),
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => READABLE.test(path) && !WRITTEN_BY_PROGRAMS.has(path))
    .sort()
    .map((path) => sourceFile(path, readFileSync(join(root, path), "utf8")));
}

/** The file at `path`, were its content `text`. */
export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, code: CODE.test(path) ? codeOf(path, text) : "" };
}

const SAID_NOT_DONE = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateHead,
  ts.SyntaxKind.TemplateMiddle,
  ts.SyntaxKind.TemplateTail,
  ts.SyntaxKind.RegularExpressionLiteral,
]);

/** A rule about code must not trip over a comment or a message that speaks of the thing it forbids. */
function codeOf(path: string, text: string): string {
  const parsed = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const kept = text.replace(/[^\n]/g, " ").split("");
  const keep = (node: ts.Node) => {
    const children = node.getChildren(parsed).filter((child) => !ts.isJSDoc(child));
    if (children.length > 0) return children.forEach(keep);
    const start = node.getStart(parsed);
    for (let at = start; at < node.end; at++) {
      // Quotes stay, so that `import "x"` still reads as an import of something.
      if (!SAID_NOT_DONE.has(node.kind) || at === start || at === node.end - 1) kept[at] = text[at] ?? "";
    }
  };
  keep(parsed);
  return kept.join("");
}
