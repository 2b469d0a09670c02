import { z } from "zod";

/** RFC 3339 in UTC with `Z` and whole seconds; doctl prints other offsets wrongly. */
export const Timestamp = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
  .meta({ format: "date-time", example: "2026-03-23T09:15:00Z" });

/** Names and labels are printed to terminals: no control characters, no bidirectional overrides. */
export const PRINTABLE = /^[^\p{Cc}\u202a-\u202e\u2066-\u2069]*$/u;

/** Who a key or token belongs to. */
export const Owner = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(["person", "service"]).meta({ description: "A person, or a service identity owned by the team." }),
  })
  .meta({ id: "Owner" });

/** Who answers for a service identity. */
export const Responsible = z
  .object({ id: z.string(), name: z.string(), is_member: z.boolean() })
  .meta({ description: "Who answers for it; `is_member` is false once that person has left the team." });

/** Whose something is at this moment, with whom to ask where it is a machine's. */
export const AnswerableOwner = z
  .discriminatedUnion("kind", [
    z.object({ id: z.string(), name: z.string(), kind: z.literal("person") }),
    z.object({ id: z.string(), name: z.string(), kind: z.literal("service"), responsible: Responsible }),
  ])
  .meta({ id: "AnswerableOwner", description: "A person, or a service identity owned by the team." });
export type AnswerableOwner = z.infer<typeof AnswerableOwner>;

/** A text that is sent piece by piece while it is made, in one of these media types: for answers that are too large to be held whole. */
export const streamed = (...mediaTypes: readonly string[]) =>
  z
    .custom<AsyncIterable<string>>(
      (value) => typeof value === "object" && value !== null && Symbol.asyncIterator in value,
    )
    .meta({ anyOf: mediaTypes.map((contentMediaType) => ({ contentMediaType })) });
