import { LatchkeyError } from "../../kernel/errors.ts";
import type { NamespaceId, NamespacePrincipal } from "../../namespaces/index.ts";
import { functionErrors, malformed } from "../errors.ts";
import { requireMayPutToUse } from "../model/access.ts";
import { isSequence, SEQUENCE, type SequenceExec } from "../model/exec.ts";
import { type EntityKey, qualifiedNameOf } from "../model/names.ts";
import type { Parameter } from "../model/parameters.ts";
import { NAME_INCOMPLETE, readFullName } from "./full-names.ts";
import { type Find, resolveAction } from "./resolve.ts";

/**
 * Reads the components of a sequence that somebody wants to deploy. Throws `malformed`, `sequence_empty`, `sequence_too_long`, and
 * `not_authorized` for components that they may not have run.
 */
export function readSequence(caller: NamespacePrincipal, names: readonly string[], lengthMax: number): SequenceExec {
  if (names.length === 0) throw functionErrors.sequence_empty();
  if (names.length > lengthMax) throw functionErrors.sequence_too_long();
  const components = names.map((name) => {
    const key = readFullName(caller, name);
    if (key === undefined) throw malformed(NAME_INCOMPLETE);
    return key;
  });
  requireMayPutToUse(caller, components);
  return { kind: SEQUENCE, components };
}

/**
 * Refuses a sequence that runs itself, is too long with the sequences in it, or has a component that does not exist. To be called
 * in the transaction that stores it: then what `find` tells is not changed by anybody else.
 */
export function checkSequence(find: Find, key: EntityKey, { components }: SequenceExec, lengthMax: number): void {
  const self = qualifiedNameOf(key);
  let functions = 0;

  const walk = (names: readonly EntityKey[], depth: number): void => {
    // Whatever else goes round in circles is no better.
    if (depth > lengthMax) throw functionErrors.sequence_circular();
    for (const name of names) {
      if (qualifiedNameOf(name) === self) throw functionErrors.sequence_circular();
      const { action } = resolveComponent(find, name, key.namespaceId);
      if (qualifiedNameOf(action.key) === self) throw functionErrors.sequence_circular();
      if (isSequence(action.exec)) walk(action.exec.components, depth + 1);
      else functions += 1;
      if (functions > lengthMax) throw functionErrors.sequence_too_long();
    }
  };
  walk(components, 0);
}

function resolveComponent(find: Find, key: EntityKey, namespaceId: NamespaceId): ReturnType<typeof resolveAction> {
  try {
    return resolveAction(find, key, namespaceId);
  } catch (error) {
    const isAbsent =
      error instanceof LatchkeyError &&
      [functionErrors.not_found.code, functionErrors.other_collection.code].includes(error.code);
    throw isAbsent ? functionErrors.sequence_component_unknown({ cause: error }) : error;
  }
}

/** What OpenWhisk gives a sequence for parameters: the names of its components (openwhisk-api 4.4). */
export const sequenceParameters = ({ components }: SequenceExec): readonly Parameter[] => [
  { key: "_actions", value: components.map((key) => `/${qualifiedNameOf(key)}`), init: false },
];
