import { z } from "zod";
import { DigitalOceanError, OpenWhiskError } from "./errors.ts";
import type { RouteDescription } from "./route.ts";

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Where named schemas are, in the API document and in everything made from it. */
export const NAMED_SCHEMAS = "#/components/schemas/";

/** The schemas of routes as JSON Schema, which OpenAPI 3.1 uses as it is. */
export type JsonSchemas = {
  /** The schemas that carry an id, by that id; the others refer to them. */
  readonly named: Readonly<Record<string, JsonSchema>>;
  /** The schema of one place in a route: `params`, `query`, `body`, or the status of an answer. */
  at(route: RouteDescription, place: string): JsonSchema | undefined;
  /** Whether the body of a request must be there. */
  needsBody(route: RouteDescription): boolean;
};

/**
 * Translates every schema of these routes, as what is sent over the wire: requests before validation changes them, answers
 * as the server writes them. One translation for all, so that a named schema that two routes share appears once.
 */
export function toJsonSchemas(routes: readonly RouteDescription[]): JsonSchemas {
  const places = Object.fromEntries(routes.flatMap((route) => placesOf(route)));
  const {
    properties = {},
    required = [],
    $defs = {},
  } = translate(z.object({ ...places, DigitalOceanError, OpenWhiskError }));
  return {
    named: $defs,
    at(route, place) {
      const found = properties[key(route, place)];
      return typeof found === "object" ? found : undefined;
    },
    needsBody: (route) => required.includes(key(route, "body")),
  };
}

const key = ({ id }: RouteDescription, place: string): string => `${id} ${place}`;

function placesOf(route: RouteDescription): [string, z.ZodType][] {
  const { params, query, body, answers } = route;
  return Object.entries({ params, query, body, ...answers }).flatMap(([place, schema]): [string, z.ZodType][] =>
    schema === undefined || schema === null ? [] : [[key(route, place), schema]],
  );
}

function translate(schema: z.ZodType): JsonSchema {
  const translated = z.toJSONSchema(schema, {
    io: "input",
    // A file is no JSON; what has rules that JSON Schema cannot say describes itself by `meta`.
    unrepresentable: "any",
  });
  return JSON.parse(JSON.stringify(translated), (keyword, value: unknown) =>
    keyword === "$ref" && typeof value === "string" ? value.replace("#/$defs/", NAMED_SCHEMAS) : value,
  );
}
