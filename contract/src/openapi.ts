import type { Chapter } from "./all-routes.ts";
import { type JsonSchema, type JsonSchemas, toJsonSchemas } from "./json-schemas.ts";
import {
  errorReference,
  errorStatuses,
  headersOf,
  type OpenApiResponse,
  SHARED_HEADERS,
  sharedErrors,
} from "./openapi-errors.ts";
import { PERMISSIONS } from "./permissions.ts";
import type { Credential, RouteDescription } from "./route.ts";

/** An OpenAPI 3.1 document, as far as its makers and readers here need to know it. */
export type OpenApiDocument = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>>; readonly [part: string]: unknown };
  readonly [part: string]: unknown;
};

const ABOUT = `Self-hosted serverless functions in which every caller is somebody.

The control plane (\`/v2/functions\`) speaks DigitalOcean's Functions API and takes an API token. The data plane (\`/api/v1\`)
speaks Apache OpenWhisk's API and takes an access key, its id as the user and its secret as the password.

Functions on the web answer below \`/api/v1/web/{namespace}/{package}/{function}\` (the package may be \`default\`), to any method and each
in words of its own, so this document does not describe them.`;

const SECURITY_SCHEMES = {
  token: { type: "http", scheme: "bearer", bearerFormat: "dop_v1_ and 64 hex digits", description: "An API token." },
  access_key: {
    type: "http",
    scheme: "basic",
    description: "An access key: its id (`dof_v1_…`) is the user, its secret (`dofs_v1_…`) the password.",
  },
};

const SUCCESSES: Readonly<Record<number, string>> = {
  200: "Done.",
  201: "Created.",
  202: "Accepted; the work goes on.",
  204: "Done; there is nothing to say.",
};

/** Describes these routes as an OpenAPI 3.1 document. The same routes give the same document, to the last byte. */
export function toOpenApi(chapters: readonly Chapter[], version: string): OpenApiDocument {
  const routes = chapters.flatMap((chapter) => chapter.routes);
  const schemas = toJsonSchemas(routes);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { title, routes: chapter } of chapters) {
    for (const route of chapter) {
      const path = paths[route.path] ?? {};
      path[route.method.toLowerCase()] = { tags: [title], ...toOperation(route, schemas) };
      paths[route.path] = path;
    }
  }
  return {
    openapi: "3.1.1",
    info: { title: "Latchkey", version, description: ABOUT, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    servers: [{ url: "/" }],
    tags: chapters.map(({ title, about }) => ({ name: title, description: about })),
    paths,
    components: {
      schemas: schemas.named,
      responses: sharedErrors(routes),
      headers: SHARED_HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function toOperation(route: RouteDescription, schemas: JsonSchemas): Record<string, unknown> {
  const parameters = [...toParameters(route, schemas, "path"), ...toParameters(route, schemas, "query")];
  const body = schemas.at(route, "body");
  return {
    operationId: route.id,
    summary: route.summary,
    ...(route.permission !== undefined && { description: `Roles: ${PERMISSIONS[route.permission].roles.join(", ")}.` }),
    security: toSecurity(route),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: schemas.needsBody(route), content: toContent(body) } }),
    responses: toResponses(route, schemas),
  };
}

/** One requirement per scope, since any one of them suffices; scopes within a requirement would all be needed. */
function toSecurity({ credential, scopes }: RouteDescription): Partial<Record<Credential, readonly string[]>>[] {
  if (credential === "none") return [];
  return scopes === undefined ? [{ [credential]: [] }] : scopes.map((scope) => ({ [credential]: [scope] }));
}

function toParameters(route: RouteDescription, schemas: JsonSchemas, where: "path" | "query"): unknown[] {
  const { properties = {}, required = [] } = schemas.at(route, where === "path" ? "params" : "query") ?? {};
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = typeof schema === "object" ? schema : {};
    return { name, in: where, required: required.includes(name), ...(description && { description }), schema: rest };
  });
}

function toResponses(route: RouteDescription, schemas: JsonSchemas): Record<string, OpenApiResponse> {
  const { dialect, answers } = route;
  const responses: Record<string, OpenApiResponse> = {};
  for (const status of errorStatuses(route)) responses[status] = errorReference(dialect, status);
  for (const status of Object.keys(answers)) {
    const { description, ...schema } = schemas.at(route, status) ?? {};
    responses[status] = {
      description: description ?? SUCCESSES[Number(status)] ?? "See the description of the operation.",
      headers: headersOf(dialect),
      ...(answers[Number(status)] === null ? {} : { content: toContent(schema) }),
    };
  }
  return { ...responses, default: errorReference(dialect, "default") };
}

/** What is not JSON says so by its media types (a `z.file()` in the contract), and has no other schema. */
function toContent(schema: JsonSchema): Record<string, { schema?: JsonSchema }> {
  const files = [schema, ...(schema.anyOf ?? [])].flatMap(({ contentMediaType }) => contentMediaType ?? []);
  return files.length === 0
    ? { "application/json": { schema } }
    : Object.fromEntries(files.map((mediaType) => [mediaType, {}]));
}
