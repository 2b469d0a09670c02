import { LatchkeyError } from "../../kernel/errors.ts";
import { parseNamespaceId } from "../../namespaces/index.ts";
import type { JsonObject, JsonValue } from "../../runtime/index.ts";
import { functionErrors } from "../errors.ts";
import type { Activation, ActivationId } from "../model/activations.ts";
import { type EntityKey, parseEntityName, qualifiedNameOf, splitFullName } from "../model/names.ts";
import { isObject } from "../model/web/event.ts";
import type { RunnableCode } from "./catalog.ts";
import { type Ending, failed, type Whole } from "./records.ts";
import { type Account, durationOf, type Part, type RunPart } from "./sequences.ts";

const TOO_LONG = "Too many actions in the composition.";
const FAILED = "Activation failure during composition.";
const unreadable = (value: JsonValue) =>
  `Failed to parse action name from json value ${JSON.stringify(value)} during composition.`;
const unresolved = (name: string) => `Failed to resolve action with name '${name}' during composition.`;
const refused = (name: string) => `Failed entitlement check for action with name '${name}' during composition.`;

/** What a conductor's result asks for (openwhisk-api 10.2); what is no object is put into one. */
type Step = {
  readonly next: JsonValue | undefined;
  readonly params: JsonObject | null;
  readonly state: JsonObject | null;
};

const boxed = (value: JsonValue | undefined, name: string): JsonObject | null => {
  if (value === undefined) return null;
  return isObject(value) ? value : { [name]: value };
};

function readStep(result: JsonValue): Step {
  const fields = isObject(result) ? result : {};
  const field = (name: string): JsonValue | undefined => (Object.hasOwn(fields, name) ? fields[name] : undefined);
  return { next: field("action"), params: boxed(field("params"), "value"), state: boxed(field("state"), "state") };
}

/** The action that a conductor names: in full, or from its namespace on. Undefined for what is no name. */
function readName(value: JsonValue, namespaceId: EntityKey["namespaceId"]): EntityKey | undefined {
  if (typeof value !== "string") return undefined;
  const isFull = value.startsWith("/") || value.split("/").length === 3;
  const name = splitFullName(isFull ? value : `_/${value}`);
  if (name === undefined) return undefined;
  const namespace = name.namespace === "_" ? namespaceId : parseNamespaceId(name.namespace);
  if (namespace === undefined) return undefined;
  try {
    const packageName = name.packageName === "" ? "" : parseEntityName(name.packageName);
    return { namespaceId: namespace, packageName, name: parseEntityName(name.name) };
  } catch (error) {
    if (error instanceof LatchkeyError) return undefined;
    throw error;
  }
}

/**
 * Asks a conductor what to run, runs it, and asks again with what came of it, until the conductor names nothing more: what it then
 * gives is the result. What a part has failed with is for the conductor to deal with, too.
 */
export async function runComposition(
  conductor: RunnableCode,
  input: Omit<Part, "key">,
  account: Account,
  how: {
    /** Runs the conductor's own code. */
    conduct(input: Omit<Part, "key">): Promise<Activation>;
    runPart: RunPart;
    lengthMax: number;
  },
): Promise<Whole> {
  const { namespaceId } = conductor;
  const parts: ActivationId[] = [];
  let durationMs = 0;
  let memoryMb = conductor.action.limits.memoryMb;

  const note = (done: Activation): Activation => {
    parts.push(done.id);
    durationMs += durationOf(done);
    memoryMb = Math.max(memoryMb, done.limits.memoryMb);
    return done;
  };
  const finish = ({ status, result, resultBytes }: Ending): Whole => ({
    ending: { status, result, resultBytes },
    parts,
    durationMs,
    memoryMb,
  });

  /** What the conductor is called with next; null if the composition cannot go on. */
  const runNext = async (next: JsonValue, params: JsonObject | null): Promise<JsonValue | null> => {
    const key = readName(next, namespaceId);
    if (key === undefined) return { error: unreadable(next) };
    if (account.counts.components >= how.lengthMax || account.depth >= how.lengthMax) return { error: TOO_LONG };
    try {
      const done = note(await how.runPart({ key, payload: params ?? {}, system: null }, account));
      return done.result;
    } catch (error) {
      const known = error instanceof LatchkeyError ? error : null;
      if (known?.code === functionErrors.not_authorized.code) return { error: refused(qualifiedNameOf(key)) };
      return known !== null && known.status < 500 ? { error: unresolved(qualifiedNameOf(key)) } : null;
    }
  };

  let { payload, system } = input;
  for (;;) {
    if (account.counts.conductors > 2 * how.lengthMax) return finish(failed("application_error", TOO_LONG));
    account.counts.conductors += 1;
    let said: Activation;
    try {
      said = note(await how.conduct({ payload, system }));
    } catch {
      return finish(failed("internal_error", FAILED));
    }
    if (said.status !== "success") return finish(said);
    const { next, params, state } = readStep(said.result);
    if (next === undefined) return finish(params === null ? said : succeededWith(params));
    const given = await runNext(next, params);
    if (given === null) return finish(failed("internal_error", FAILED));
    // The conductor's own state is not for its parts to replace.
    payload = state === null ? given : { ...boxed(given, "value"), ...state };
    system = null;
  }
}

/** A result with an `error` in it is one, whoever gave it. */
function succeededWith(result: JsonObject): Ending {
  if (Object.hasOwn(result, "error")) return failed("application_error", result["error"] ?? null);
  return { status: "success", result, resultBytes: Buffer.byteLength(JSON.stringify(result)) };
}
