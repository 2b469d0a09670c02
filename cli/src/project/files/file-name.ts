import { extname } from "node:path";

/** What a file's name says about the function in it. */
export type NamedFile = {
  readonly name: string;
  /** `<family>:default`, or the version in a zip's name; null where the name does not tell. */
  readonly runtime: string | null;
  readonly binary: boolean;
  readonly zipped: boolean;
};

const FAMILIES: { readonly [extension: string]: string } = {
  ".js": "nodejs",
  ".ts": "nodejs",
  ".py": "python",
  ".php": "php",
  ".go": "go",
};

/** The runtime that an extension stands for, or null. */
export function runtimeOf(fileName: string): string | null {
  const family = FAMILIES[extname(fileName)];
  return family === undefined ? null : `${family}:default`;
}

/** Takes a file name apart: `hello.js`, `tool.zip`, `tool.nodejs-18.zip`, `tool.python-3.11.zip`, `prebuilt`. */
export function parseFileName(fileName: string): NamedFile {
  const extension = extname(fileName);
  // No extension: an executable, say. Its runtime has to come from project.yml.
  if (extension === "") return { name: fileName, runtime: null, binary: true, zipped: false };
  const stem = fileName.slice(0, -extension.length);
  if (extension !== ".zip") {
    return { name: stem, runtime: runtimeOf(fileName), binary: extension === ".jar", zipped: false };
  }
  const { name, runtime } = parseZipStem(stem);
  return { name, runtime, binary: true, zipped: true };
}

/** A dot inside the version is not the dot before the runtime. */
const ZIP_STEM = /^(?<name>.+?)\.(?<family>[a-z]+)(?:-(?<version>\d+(?:\.\d+)*))?$/;

function parseZipStem(stem: string): { name: string; runtime: string | null } {
  const groups = ZIP_STEM.exec(stem)?.groups;
  if (!groups?.["name"]) return { name: stem, runtime: null };
  return { name: groups["name"], runtime: `${groups["family"]}:${groups["version"] ?? "default"}` };
}
