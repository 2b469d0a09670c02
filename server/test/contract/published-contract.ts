import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import document from "./digitalocean-openapi.json" with { type: "json" };

const ID = "https://digitalocean.test/openapi";
const JSON_SCHEMA_OF_RESPONSE = "/content/application~1json/schema";

type Responses = Readonly<Record<string, { readonly $ref?: string; readonly content?: unknown }>>;
const paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> = document.paths;

// Not strict: an OpenAPI 3.0 document has keywords that are not JSON Schema's.
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, ID);

const toPointerStep = (step: string): string => step.replaceAll("~", "~0").replaceAll("/", "~1");

/** The document's path for an address, such as `/v2/functions/namespaces/{namespace_id}`. */
function findPath(address: string): string | undefined {
  const steps = address.split("/");
  return Object.keys(paths).find((path) => {
    const template = path.split("/");
    return template.length === steps.length && template.every((step, at) => step.startsWith("{") || step === steps[at]);
  });
}

/** Where the response to this request with this status is described; `default` where the status is not listed. */
function locate(method: string, address: string, status: number): string | undefined {
  const path = findPath(address);
  const operation = path === undefined ? undefined : paths[path]?.[method.toLowerCase()];
  if (path === undefined || typeof operation !== "object" || operation === null) return undefined;
  const responses: Responses = Object(operation)["responses"];
  const key = String(status) in responses ? String(status) : "default";
  return responses[key]?.$ref ?? `#/paths/${toPointerStep(path)}/${method.toLowerCase()}/responses/${key}`;
}

/** What DigitalOcean's document says of an answer: the operation is not in it, the answer has no body, or this schema. */
export type Published = { kind: "unknown" } | { kind: "empty" } | { kind: "body"; validate: ValidateFunction };

/** Looks an answer up in DigitalOcean's document. Errors of operations that are not in it have the shape of all errors. */
export function publishedAnswer(method: string, address: string, status: number): Published {
  const place =
    locate(method, address, status) ?? (status >= 400 ? "#/components/responses/unexpected_error" : undefined);
  if (place === undefined) return { kind: "unknown" };
  const validate = ajv.getSchema(`${ID}${place}${JSON_SCHEMA_OF_RESPONSE}`);
  return validate === undefined ? { kind: "empty" } : { kind: "body", validate };
}

/** The statuses that the document lists for an operation; a generated client takes any other for a failure. */
export function publishedStatuses(method: string, address: string): number[] {
  const path = findPath(address) ?? "";
  const responses = Object(paths[path]?.[method.toLowerCase()])["responses"] ?? {};
  return Object.keys(responses).map(Number).filter(Number.isInteger);
}
