import type { Context } from "../../context.ts";
import { UsageError } from "../../failure.ts";
import { Secret } from "../../secret.ts";

/** Gets a secret from standard input, if the user says so, or asks for it. It never comes from the command line. */
export async function obtainSecret(
  { prompts, readStdin }: Pick<Context, "prompts" | "readStdin">,
  { question, fromStdin, option }: { question: string; fromStdin: boolean; option: string },
): Promise<Secret> {
  if (fromStdin) return new Secret((await readStdin()).replace(/\r?\n$/, ""));
  if (prompts === null)
    throw new UsageError("there is nobody here to ask for it", `Pass it on standard input: --${option} < file`);
  return new Secret(await prompts.hidden(question));
}

/** A new password, asked for twice, since nobody sees what is typed. */
export async function obtainNewPassword(
  context: Pick<Context, "prompts" | "readStdin">,
  { fromStdin, option }: { fromStdin: boolean; option: string },
): Promise<Secret> {
  const question = "New password (15 characters at least)";
  const password = await obtainSecret(context, { question, fromStdin, option });
  if (fromStdin || context.prompts === null) return password;
  const again = await context.prompts.hidden("The same again");
  if (again !== password.reveal()) throw new UsageError("the two are not the same", "Try again");
  return password;
}
