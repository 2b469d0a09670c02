import type { Dialect, RouteDescription } from "@latchkey/contract/route";
import type { z } from "zod";
import { httpErrors } from "./errors.ts";

const firstIssue = (error: z.ZodError): { name: string; message: string } => {
  const issue = error.issues[0];
  return { name: String(issue?.path[0] ?? ""), message: issue?.message ?? "invalid" };
};

/** Validates a body; the contract's own message is the wire message. */
export function validateBody(dialect: Dialect, schema: z.ZodType | undefined, body: unknown): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const { message } = firstIssue(result.error);
  throw httpErrors.malformed_body({
    says: dialect === "openwhisk" ? `The request content was malformed:\n${message}` : message,
  });
}

/** Validates query parameters; every one arrives as text, and of a repeated one the last counts. */
export function validateQuery(
  dialect: Dialect,
  schema: z.ZodObject | undefined,
  query: Readonly<Record<string, string | string[] | undefined>>,
): unknown {
  if (schema === undefined) return undefined;
  const single = Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]),
  );
  const result = schema.safeParse(single);
  if (result.success) return result.data;
  const { name, message } = firstIssue(result.error);
  throw httpErrors.malformed_query({
    says: dialect === "openwhisk" ? `The query parameter '${name}' was malformed:\n${message}` : `${name}: ${message}`,
  });
}

/** Throws if an answer is not what its contract says. */
export function verifyAnswer(route: RouteDescription, answer: { status: number; body?: unknown }): void {
  const schema = route.answers[answer.status];
  if (schema === undefined) throw new Error(`${route.id} answered ${answer.status}, which its contract does not list`);
  if (schema !== null) schema.parse(answer.body);
  else if (answer.body !== undefined) throw new Error(`${route.id} answered ${answer.status} with a body`);
}
