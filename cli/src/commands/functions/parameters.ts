import { readFile } from "node:fs/promises";
import { UsageError } from "../../failure.ts";

/** Reads `--param KEY:VALUE`, several of them also as one list, in doctl's way: values are strings and contain no comma. */
export function parseParameters(given: readonly string[]): Record<string, string> {
  const pairs = given
    .flatMap((list) => list.split(","))
    .map((pair) => {
      const colon = pair.indexOf(":");
      if (colon > 0) return [pair.slice(0, colon), pair.slice(colon + 1)] as const;
      throw new UsageError(
        "values for --param must have KEY:VALUE form",
        "For values with commas, or of other types: --param-file FILE",
      );
    });
  return Object.fromEntries(pairs);
}

/** What `--param` and `--param-file` say together; null if neither is there. */
export async function readParameters(options: {
  readonly param: readonly string[];
  readonly paramFile: string | undefined;
}): Promise<Record<string, unknown> | null> {
  const { param, paramFile } = options;
  if (param.length === 0 && paramFile === undefined) return null;
  const file = paramFile === undefined ? {} : await readParameterFile(paramFile);
  return { ...file, ...parseParameters(param) };
}

/** Reads the JSON object in a file. */
export async function readParameterFile(file: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, "utf8");
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below, together with JSON that is no object.
  }
  throw new UsageError(`${file} does not contain a JSON object`, 'Write parameters as {"name": "value"}');
}
