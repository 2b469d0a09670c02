import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { z } from "zod";
import { ALL_ROUTES, CHAPTERS } from "./all-routes.ts";
import { toOpenApi } from "./openapi.ts";
import { type RouteDescription, route } from "./route.ts";

const document = toOpenApi(CHAPTERS, "1.2.3");

const plain = {
  id: "thing.get",
  summary: "Get a thing",
  method: "GET",
  path: "/things/{thing_id}",
  dialect: "digitalocean",
  credential: "token",
  params: z.object({ thing_id: z.string() }),
  answers: { 200: z.object({ name: z.string() }) },
  errors: [404],
} as const satisfies RouteDescription;

/** What the document says of a route like `plain`. */
function describe(difference: Partial<RouteDescription>) {
  const described = route({ ...plain, ...difference });
  const { paths, components } = toOpenApi([{ title: "Things", about: "", routes: [described] }], "1");
  return { operation: paths[described.path]?.[described.method.toLowerCase()], components };
}

test("the document is valid OpenAPI 3.1", async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
});

test("every reference in the document leads somewhere", () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = ""]) => path);
  expect(references.length).toBeGreaterThan(0);
  const lost = references.filter((path) => {
    let at: unknown = document;
    for (const step of path.split("/")) at = typeof at === "object" && at !== null ? Object(at)[step] : undefined;
    return at === undefined;
  });
  expect(lost).toEqual([]);
});

test("the committed document is what the routes say", () => {
  const committed = JSON.parse(readFileSync(new URL("../openapi.json", import.meta.url), "utf8"));
  expect(toOpenApi(CHAPTERS, committed.info.version)).toEqual(committed);
});

test("every route is in the document, under its method, path and chapter", () => {
  for (const { id, method, path, summary } of ALL_ROUTES) {
    const chapter = CHAPTERS.find(({ routes }) => routes.some((other) => other.id === id));
    const expected = { operationId: id, summary, tags: [chapter?.title] };
    expect(document.paths[path]?.[method.toLowerCase()]).toMatchObject(expected);
  }
});

test("of several scopes any one suffices; without a credential nothing is asked for", () => {
  expect(describe({ scopes: ["function:read", "function:admin"] }).operation).toMatchObject({
    security: [{ token: ["function:read"] }, { token: ["function:admin"] }],
  });
  expect(describe({ credential: "access_key" }).operation).toMatchObject({ security: [{ access_key: [] }] });
  expect(describe({ credential: "none" }).operation).toMatchObject({ security: [] });
});

test("401, 429 and 500 go without saying where a credential is asked for, 500 everywhere", () => {
  const statuses = (difference: Partial<RouteDescription>) =>
    Object.keys(Object(describe(difference).operation)["responses"]);
  expect(statuses({})).toEqual(["200", "401", "404", "429", "500", "default"]);
  expect(statuses({ credential: "none" })).toEqual(["200", "404", "500", "default"]);
});

test.each([
  { dialect: "digitalocean", schema: "Error", headers: ["x-request-id", "ratelimit-limit", "ratelimit-remaining"] },
  { dialect: "openwhisk", schema: "OpenWhiskError", headers: ["x-request-id"] },
] as const)("errors have the shape and the headers of the $dialect dialect", ({ dialect, schema, headers }) => {
  const { operation, components } = describe({ dialect });
  expect(operation).toMatchObject({ responses: { 404: { $ref: `#/components/responses/${dialect}.404` } } });
  expect(components["responses"]).toMatchObject({
    [`${dialect}.404`]: {
      headers: Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
      content: { "application/json": { schema: { $ref: `#/components/schemas/${schema}` } } },
    },
    [`${dialect}.429`]: { headers: { "retry-after": { $ref: "#/components/headers/retry-after" } } },
  });
});

test("a status that an answer of the route has is that answer, even among the errors", () => {
  const answers = {
    200: z.string(),
    500: z.object({ result: z.string() }).meta({ description: "The function failed." }),
  };
  expect(describe({ answers }).operation).toMatchObject({
    responses: { 500: { description: "The function failed.", content: { "application/json": {} } } },
  });
});

test("an error status without a meaning does not get into the document", () => {
  expect(() => describe({ errors: [418] })).toThrow("418");
});

test("a body may be left out exactly where the server does without it", () => {
  const method = "POST";
  expect(describe({ method, body: z.object({}) }).operation).toMatchObject({ requestBody: { required: true } });
  expect(describe({ method, body: z.object({}).optional() }).operation).toMatchObject({
    requestBody: { required: false },
  });
  expect(describe({ method, body: z.object({}).prefault({}) }).operation).toMatchObject({
    requestBody: { required: false },
  });
});

test("parameters say where they go, whether they must be there and what they are", () => {
  const query = z.object({
    limit: z.string().optional().transform(Number).meta({ description: "How many.", type: "integer" }),
  });
  expect(describe({ query }).operation).toMatchObject({
    parameters: [
      { name: "thing_id", in: "path", required: true, schema: { type: "string" } },
      { name: "limit", in: "query", required: false, description: "How many.", schema: { type: "integer" } },
    ],
  });
});

test("a file is described by its media types, an empty answer by having no content", () => {
  const answers = { 200: z.file().mime(["text/css", "text/html"]), 204: null };
  const { operation } = describe({ answers });
  expect(operation).toMatchObject({ responses: { 200: { content: { "text/css": {}, "text/html": {} } } } });
  expect(Object(operation)["responses"][204]).not.toHaveProperty("content");
});
