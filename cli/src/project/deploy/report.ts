/** What became of one schedule. */
export type TriggerResult =
  | { readonly name: string; readonly outcome: "deployed" }
  | { readonly name: string; readonly outcome: "failed"; readonly reason: string };

/** Where a function is reached: on the web, or with a key. */
export type Reach = { readonly kind: "web" | "rest"; readonly url: string };

/** What became of one function. */
export type FunctionResult =
  | {
      readonly name: string;
      readonly outcome: "created" | "updated";
      readonly version: string;
      readonly reach: Reach;
      readonly triggers: readonly TriggerResult[];
    }
  | { readonly name: string; readonly outcome: "skipped"; readonly version: string; readonly reach: Reach }
  | {
      readonly name: string;
      readonly outcome: "failed";
      readonly reason: string;
      /** The last lines of a build that failed. */
      readonly output: readonly string[];
    };

/** What became of one package. */
export type PackageResult =
  | { readonly name: string; readonly outcome: "created" | "updated" | "skipped"; readonly version: string }
  | { readonly name: string; readonly outcome: "failed"; readonly reason: string };

/** What became of a project. */
export type DeployReport = {
  readonly namespace: string;
  readonly apiHost: string;
  readonly packages: readonly PackageResult[];
  readonly functions: readonly FunctionResult[];
  /** Nothing failed, schedules included. */
  readonly ok: boolean;
};

/** What happens on the way there. `target` is a function's name, or `lib`. */
export type ProgressEvent =
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "building"; readonly target: string; readonly command: string }
  | { readonly kind: "output"; readonly target: string; readonly line: string }
  | { readonly kind: "uploading"; readonly target: string; readonly sizeBytes: number }
  | { readonly kind: "package"; readonly result: PackageResult }
  | { readonly kind: "function"; readonly result: FunctionResult };

/** Whether a result is good news, its schedules included. */
export function succeeded(result: FunctionResult | PackageResult): boolean {
  if (result.outcome === "failed") return false;
  return !("triggers" in result) || result.triggers.every(({ outcome }) => outcome === "deployed");
}
