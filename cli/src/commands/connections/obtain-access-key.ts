import { type AccessKey, parseAccessKey, readAccessKey } from "../../connections/access-key.ts";
import type { Context } from "../../context.ts";
import { CliError, UsageError } from "../../failure.ts";

/** Where the user says the key is. */
type Source = { readonly accessKey: string | undefined; readonly accessKeyStdin: boolean };

/** Gets the key from where the user says it is, or asks for it. */
export async function obtainAccessKey(context: Context, { accessKey, accessKeyStdin }: Source): Promise<AccessKey> {
  if (accessKey !== undefined && accessKeyStdin) {
    throw new UsageError("--access-key and --access-key-stdin are two ways to say the same thing", "Give one of them");
  }
  if (accessKey !== undefined) {
    context.warn("the secret on the command line can be seen by others; better: latchkey connect --access-key-stdin");
    return accept(parseAccessKey(accessKey));
  }
  if (context.prompts !== null) return accept(parseAccessKey(await context.prompts.hidden("Access key (ID:SECRET)")));
  if (accessKeyStdin) return accept(readAccessKey(await context.readStdin()));
  throw new UsageError(
    "no access key given, and nobody to ask for it",
    "Pass it on standard input: latchkey connect --access-key-stdin < key.txt",
  );
}

function accept(parsed: AccessKey | { readonly problem: string }): AccessKey {
  if (!("problem" in parsed)) return parsed;
  throw new CliError(parsed.problem, [
    "Create a key, if you have none: latchkey key create --name <name> --expiration 30d",
  ]);
}
