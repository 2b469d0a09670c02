import type { JsonValue } from "../../runtime/index.ts";

export type Annotation = { readonly key: string; readonly value: JsonValue };

const EXEC = "exec";
const PROVIDE_API_KEY = "provide-api-key";
const BINDING = "binding";
const SERVER_SET = [EXEC, PROVIDE_API_KEY];

/** Of entries with one key the last wins. */
export const uniqueAnnotations = (annotations: readonly Annotation[]): readonly Annotation[] => [
  ...new Map(annotations.map((annotation) => [annotation.key, annotation])).values(),
];

export const annotationValue = (annotations: readonly Annotation[], key: string): JsonValue | undefined =>
  annotations.find((annotation) => annotation.key === key)?.value;

/** What OpenWhisk takes for a yes where it does not insist on `true` (openwhisk-api 4.5). */
export const isTruthy = (value: JsonValue | undefined): boolean =>
  value !== undefined && value !== false && value !== null && value !== 0 && value !== "";

/**
 * An action's annotations after a PUT: the given ones over the stored ones less the deleted, in the client's order, then what
 * the server sets. Clients look at the list's end, so the server's two always stand there (openwhisk-api 4.5).
 */
export function actionAnnotations(input: {
  stored: readonly Annotation[];
  deleted: readonly string[];
  given: readonly Annotation[];
  kind: string;
}): readonly Annotation[] {
  const given = uniqueAnnotations(input.given);
  const kept = input.stored.filter(
    ({ key }) => !input.deleted.includes(key) && !given.some((annotation) => annotation.key === key),
  );
  const all = [...kept, ...given];
  return [
    ...all.filter(({ key }) => !SERVER_SET.includes(key)),
    { key: PROVIDE_API_KEY, value: annotationValue(all, PROVIDE_API_KEY) ?? false },
    { key: EXEC, value: input.kind },
  ];
}

/** A package's annotations; a binding says of what it is one. */
export function packageAnnotations(
  given: readonly Annotation[],
  binding: { readonly namespaceId: string; readonly name: string } | null,
): readonly Annotation[] {
  const own = uniqueAnnotations(given);
  if (binding === null) return own;
  const value = { namespace: binding.namespaceId, name: binding.name };
  return [...own.filter(({ key }) => key !== BINDING), { key: BINDING, value }];
}

/** Annotations as other namespaces see them: the secret of a function on the web is not for them. */
export const sharedAnnotations = (annotations: readonly Annotation[]): readonly Annotation[] =>
  annotations.filter(({ key }) => key !== "require-whisk-auth");
