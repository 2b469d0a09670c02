import { readdirSync, readFileSync } from "node:fs";

/** Whether a process exists and is not merely waiting to be collected by its parent. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** The processes of a server's functions; each has its code in a folder below `directory`. */
export function launchersIn(directory: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`HOME=${directory}`) && isRunning(pid);
      } catch {
        return false;
      }
    });
}
