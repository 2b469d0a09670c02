import { readFileSync } from "node:fs";

/** Whether a process exists and is not merely waiting to be collected by its parent. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
