import type { Talk } from "../../output/terminal.ts";
import type { FunctionResult, ProgressEvent } from "../../project/index.ts";

/** Tells what happens while a project is deployed. `verbose` passes on what build commands print. */
export function tellProgress({ say, warn }: Talk, { verbose }: { verbose: boolean }): (event: ProgressEvent) => void {
  return (event) => {
    switch (event.kind) {
      case "warning":
        return warn(event.text);
      case "building":
        return say(`Building ${event.target}: ${event.command}`);
      case "output":
        return verbose ? say(`  ${event.line}`) : undefined;
      case "uploading":
        return say(`Uploading ${event.target} (${readableSize(event.sizeBytes)})`);
      case "package":
        return event.result.outcome === "failed"
          ? warn(`package ${event.result.name} failed: ${event.result.reason}`)
          : undefined;
      case "function":
        return tellResult({ warn }, event.result);
    }
  };
}

function tellResult({ warn }: Pick<Talk, "warn">, result: FunctionResult): void {
  if (result.outcome === "failed") {
    warn([`${result.name} failed: ${result.reason}`, ...result.output.map((line) => `  ${line}`)].join("\n"));
  } else if ("triggers" in result) {
    for (const trigger of result.triggers) if (trigger.outcome === "failed") warn(trigger.reason);
  }
}

const KILOBYTE = 1024;
/** `312 B`, `4.1 kB`, `12.0 MB`. */
export function readableSize(bytes: number): string {
  if (bytes < KILOBYTE) return `${bytes} B`;
  return bytes < KILOBYTE * KILOBYTE
    ? `${(bytes / KILOBYTE).toFixed(1)} kB`
    : `${(bytes / KILOBYTE / KILOBYTE).toFixed(1)} MB`;
}
