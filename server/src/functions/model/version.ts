/** What a new entity starts with. */
export const FIRST_VERSION = "0.0.1";

/** The version after an update that names none: one patch further. */
export function nextVersion(version: string): string {
  const [major = "0", minor = "0", patch = "0"] = version.split(".");
  return `${major}.${minor}.${Number(patch) + 1}`;
}
