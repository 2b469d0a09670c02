import { type JsonSchema, type JsonSchemas, NAMED_SCHEMAS, toJsonSchemas } from "./json-schemas.ts";
import type { RouteDescription } from "./route.ts";

/** A field that holds a secret, as the contract marks it with `"x-secret": true`; the only mark there is. */
export type SecretField = {
  readonly routeId: string;
  /** Where in the route: `params`, `query`, `body`, or the status of an answer. */
  readonly place: string;
  /** From there to the field; `*` stands for any element of a list or any name in a record. */
  readonly path: readonly string[];
};

/** Every field of these routes that holds a secret. What logs or stores anything of a call leaves these out. */
export function listSecrets(routes: readonly RouteDescription[]): SecretField[] {
  const schemas = toJsonSchemas(routes);
  return routes.flatMap((route) =>
    ["params", "query", "body", ...Object.keys(route.answers)].flatMap((place) => {
      const schema = schemas.at(route, place);
      if (schema === undefined) return [];
      return pathsIn(schema, schemas, []).map((path) => ({ routeId: route.id, place, path }));
    }),
  );
}

/** Paths to the marked fields below this schema. `within`: the named schemas around it, so that recursive ones end. */
function pathsIn(schema: JsonSchema, schemas: JsonSchemas, within: readonly string[]): string[][] {
  if (schema["x-secret"] === true) return [[]];
  const below = (child: unknown, step: readonly string[]): string[][] =>
    isSchema(child) ? pathsIn(child, schemas, within).map((path) => [...step, ...path]) : [];
  return [
    ...(schema.$ref === undefined ? [] : pathsInNamed(schema.$ref, schemas, within)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, child]) => below(child, [name])),
    ...[schema.items, ...(schema.prefixItems ?? []), schema.additionalProperties].flatMap((child) =>
      below(child, ["*"]),
    ),
    ...[schema.anyOf, schema.oneOf, schema.allOf].flatMap((children) =>
      (children ?? []).flatMap((child) => below(child, [])),
    ),
  ];
}

function pathsInNamed(reference: string, schemas: JsonSchemas, within: readonly string[]): string[][] {
  const name = reference.slice(NAMED_SCHEMAS.length);
  const named = schemas.named[name];
  if (named === undefined || within.includes(name)) return [];
  return pathsIn(named, schemas, [...within, name]);
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
