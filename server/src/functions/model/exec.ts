import type { RuntimeKind } from "../../runtime/index.ts";
import { functionErrors, malformed } from "../errors.ts";
import type { EntityKey } from "./names.ts";

/** Code, without the code itself. */
export type CodeExec = {
  readonly kind: string;
  /** Null where the client named none; the runtime then takes `main`. */
  readonly main: string | null;
  /** Whether the code is base64: a zip archive. */
  readonly binary: boolean;
};

/** Actions that run one after the other, each with what the one before it gave. */
export type SequenceExec = { readonly kind: typeof SEQUENCE; readonly components: readonly EntityKey[] };

/** What an action runs. */
export type Exec = CodeExec | SequenceExec;

export const SEQUENCE = "sequence";
export const isSequence = (exec: Exec): exec is SequenceExec => "components" in exec;

/** `exec` of a request as far as its shape is known to be right: an object with a kind. */
export type AskedExec = {
  readonly kind: string;
  readonly code?: unknown;
  readonly main?: unknown;
  readonly components?: unknown;
};

/** The names of a sequence's components; undefined for what is to be code. Throws `malformed`. */
export function readComponents({ kind, components }: AskedExec): readonly string[] | undefined {
  if (kind.trim().toLowerCase() !== SEQUENCE) return undefined;
  if (components === undefined || components === null) {
    throw malformed("'components' must be defined for sequence kind");
  }
  if (!Array.isArray(components) || !components.every((name) => typeof name === "string")) {
    throw malformed("'components' must be an array");
  }
  return components;
}

/** Reads `exec` for the kinds this server has; throws with OpenWhisk's texts (openwhisk-api 4.4). */
export function readCode(asked: AskedExec, kinds: readonly RuntimeKind[]): { exec: CodeExec; code: string } {
  const kind = findKind(asked.kind, kinds);
  refuseRetired(kind);
  const { code, main } = asked;
  const actions = `in 'exec' for '${kind.kind}' actions`;
  if (typeof code !== "string") throw malformed(`'code' must be a string or attachment object defined ${actions}`);
  if (main === undefined || main === null) {
    if (kind.requireMain) throw malformed(`'main' must be a string defined ${actions}`);
  } else if (typeof main !== "string") throw malformed(`if defined, 'main' be a string ${actions}`);
  return { exec: { kind: kind.kind, main: main ?? null, binary: isBase64(code) }, code };
}

/** Throws `function.kind_retired`: what is of such a kind can be read and deleted, nothing else. */
export function refuseRetired({ kind, deprecated }: Pick<RuntimeKind, "kind" | "deprecated">): void {
  if (!deprecated) return;
  throw functionErrors.kind_retired({
    says: `The '${kind}' runtime is no longer supported. You may read and delete but not update or invoke this action.`,
  });
}

function findKind(text: string, kinds: readonly RuntimeKind[]): RuntimeKind {
  const wanted = text.trim().toLowerCase();
  const found = kinds.find((kind) => kind.kind === wanted || (kind.default && `${kind.family}:default` === wanted));
  if (found !== undefined) return found;
  const valid = kinds.map(({ kind }) => `'${kind}'`).join(", ");
  throw malformed(`The specified runtime '${wanted}' is not supported by this platform. Valid values are: ${valid}.`);
}

/** OpenWhisk's test for an archive: the trimmed code is base64 and not empty. Source has characters that base64 has not. */
export function isBase64(code: string): boolean {
  const text = code.trim();
  return text !== "" && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}
