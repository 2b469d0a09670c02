import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A command line that starts a launcher. */
export type LauncherCommand = { readonly file: string; readonly args: readonly string[] };

/** Programs of the host that confine a process; null where the host has none. */
export type HostTools = {
  /** util-linux: has the kernel kill a process when the server is gone, even one that never looks at its channel. */
  readonly setpriv: string | null;
};

/** All that a function's process inherits from the outside; everything else of the server's environment stays out. */
const SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin";
const NODE_LAUNCHER = fileURLToPath(new URL("./launchers/nodejs/launcher.cjs", import.meta.url));

/** Looks for the tools where distributions install them; never on the PATH, which the user may have changed. */
export function findHostTools(): HostTools {
  const setpriv = "/usr/bin/setpriv";
  return { setpriv: existsSync(setpriv) ? setpriv : null };
}

/** How to start the launcher for Node functions. */
export function nodeLauncherCommand(tools: HostTools, memoryMb: number): LauncherCommand {
  const command = [process.execPath, ...heapLimits(memoryMb), NODE_LAUNCHER];
  if (tools.setpriv === null) return { file: process.execPath, args: command.slice(1) };
  return { file: tools.setpriv, args: ["--pdeathsig", "KILL", "--", ...command] };
}

/**
 * What V8 may take of an action's memory, so that it tidies up before the limit ends the process: two thirds for old
 * objects, three times a sixteenth for young ones (V8 keeps up to three such spaces). The rest is for buffers, compiled code
 * and the runtime itself. By default V8 would take 190 MB for young objects alone.
 */
function heapLimits(memoryMb: number): string[] {
  const oldSpaceMb = Math.floor((memoryMb * 2) / 3);
  const semiSpaceMb = Math.floor(memoryMb / 16);
  return [`--max-old-space-size=${oldSpaceMb}`, `--max-semi-space-size=${semiSpaceMb}`];
}

/** The environment a function's process starts with. */
export function launcherEnvironment(temporaryDirectory: string): Record<string, string> {
  return { PATH: SEARCH_PATH, HOME: temporaryDirectory, TMPDIR: temporaryDirectory };
}
