import { LatchkeyError } from "../../kernel/errors.ts";
import type { JsonObject, JsonValue } from "../../runtime/index.ts";
import { functionErrors } from "../errors.ts";
import type { Activation, ActivationId } from "../model/activations.ts";
import type { EntityKey } from "../model/names.ts";
import type { RunnableSequence } from "./catalog.ts";
import { type Ending, failed, type Whole } from "./records.ts";

/** What counts against the limits of a sequence or a composition and of everything in it. */
export type Account = {
  readonly counts: {
    /** Functions that have run. */
    functions: number;
    /** Conductors that have run, and what they had run. */
    conductors: number;
    components: number;
  };
  /** How deep this is inside of others. */
  readonly depth: number;
};

export const newAccount = (depth = 0): Account => ({
  counts: { functions: 0, conductors: 0, components: 0 },
  depth,
});

/** One part to run, and what it is called with. `system` is what the server tells it beside that. */
export type Part = { readonly key: EntityKey; readonly payload: JsonValue; readonly system: JsonObject | null };
/** Runs a part and gives its record. Throws for what cannot be run, and then nothing of it has. */
export type RunPart = (part: Part, account: Account) => Promise<Activation>;

const TOO_LONG = "Too many actions in the sequence.";
const GONE = "Sequence component does not exist.";
const FAILED = "Sequence failed.";

/** Runs actions one after the other, each with what the one before it gave (openwhisk-api 10.1). */
export async function runSequence(
  { components, action }: RunnableSequence,
  input: Omit<Part, "key">,
  account: Account,
  { runPart, lengthMax }: { runPart: RunPart; lengthMax: number },
): Promise<Whole> {
  const parts: ActivationId[] = [];
  let { payload, system } = input;
  let ending: Ending | null = null;
  let durationMs = 0;
  let memoryMb = 0;
  for (const key of components) {
    // Sequences in sequences end somewhere; what was changed since it was deployed may not.
    if (account.counts.functions >= lengthMax || account.depth >= lengthMax) {
      ending = failed("application_error", TOO_LONG);
      break;
    }
    try {
      const done = await runPart({ key, payload, system }, account);
      parts.push(done.id);
      durationMs += durationOf(done);
      memoryMb = Math.max(memoryMb, done.limits.memoryMb);
      ending = done;
    } catch (error) {
      ending = explainPart(error);
    }
    if (ending.status !== "success") break;
    // What came over the web reaches the first component alone.
    payload = ending.result;
    system = null;
  }
  const { status, result, resultBytes } = ending ?? failed("application_error", GONE);
  return {
    ending: { status, result, resultBytes },
    parts,
    durationMs,
    memoryMb: memoryMb === 0 ? action.limits.memoryMb : memoryMb,
  };
}

export const durationOf = ({ durationMs, startedAt, endedAt }: Activation): number => durationMs ?? endedAt - startedAt;

function explainPart(error: unknown): Ending {
  const known = error instanceof LatchkeyError ? error : null;
  const isGone = known?.code === functionErrors.not_found.code || known?.code === functionErrors.other_collection.code;
  if (isGone) return failed("application_error", GONE);
  if (known !== null && known.status < 500) return failed("application_error", known.says);
  return failed("internal_error", FAILED);
}
