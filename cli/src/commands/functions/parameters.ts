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
