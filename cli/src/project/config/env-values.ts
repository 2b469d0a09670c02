import { readFile } from "node:fs/promises";
import { parse } from "dotenv";
import { ProjectError } from "../errors.ts";
import type { Environment, Json } from "../model.ts";

/** Named values from a file: JSON as written, dotenv as strings. */
export type Values = { readonly [name: string]: Json };

/** Reads JSON or, failing that, dotenv syntax. Text that is neither yields no values. */
export function parseValues(text: string): Values {
  const json = parseJsonObject(text);
  return json ?? parse(text);
}

function parseJsonObject(text: string): Values | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : null;
  } catch {
    return null;
  }
}

/** The values in a file, or null when there is no such file. */
export async function readValues(path: string): Promise<Values | null> {
  try {
    return parseValues(await readFile(path, "utf8"));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw cause;
  }
}

/** Reads the file named by `--env` or `--build-env`; it has to exist. Values that are no strings become JSON text. */
export async function readEnvFile(path: string): Promise<Record<string, string>> {
  const values = await readValues(path);
  if (values === null) throw ProjectError.of(`The specified environment file '${path}' does not exist`);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asText(value)]));
}

/** How a value stands in text: strings as they are, everything else as JSON. */
export function asText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Finds a variable: the process's environment first, then the file. Empty counts as absent. */
export function lookUp(name: string, environment: Environment, file: Values): Json | undefined {
  const own = environment[name];
  if (own) return own;
  const value = Object.hasOwn(file, name) ? file[name] : undefined;
  return value === null || value === "" ? undefined : value;
}
