import type { Context } from "./context.ts";
import { CliError } from "./failure.ts";

/**
 * Lets the user think again before something is gone for good (texts as doctl's, do-functions-api 7.4).
 * @throws CliError unless there is a yes
 */
export async function confirmDeletion(
  { prompts, warn }: Pick<Context, "prompts" | "warn">,
  { force, what, question, act = "deletion" }: { force: boolean; what: string; question: string; act?: string },
): Promise<void> {
  if (force) return;
  if (prompts === null) {
    warn("Requires confirmation. Use the `--force` flag to continue without confirmation.");
  } else if (await prompts.confirm(question)) {
    return;
  }
  throw new CliError(`${act} of '${what}' not confirmed, doing nothing`, ["If you are sure, add --force"]);
}
