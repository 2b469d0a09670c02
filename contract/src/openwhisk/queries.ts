import { z } from "zod";

const TRUE = ["true", "yes", "on", "1"];
const FALSE = ["false", "no", "off", "0"];

/** A query parameter that is on or off. */
export const flag = (unlessGiven: boolean) =>
  z
    .string()
    .optional()
    .transform((text, context): boolean => {
      if (text === undefined) return unlessGiven;
      const word = text.toLowerCase();
      if (TRUE.includes(word)) return true;
      if (FALSE.includes(word)) return false;
      context.addIssue({ code: "custom", message: `'${text}' is not a valid Boolean value` });
      return z.NEVER;
    })
    .meta({ type: "boolean", default: unlessGiven });

/** `limit=0` asks for as many as there may be. */
export const LIST_LIMIT_MAX = 200;
const LIST_LIMIT_DEFAULT = 30;
const WHOLE = /^[+-]?\d{1,15}$/;

/** `skip`, `limit` and `count` of a list; the messages name the collection (openwhisk-api 4.10). */
export const listQuery = <const Collection extends string>(collection: Collection) => ({
  skip: z
    .string()
    .optional()
    .transform((text, context): number => {
      if (text === undefined) return 0;
      const value = WHOLE.test(text) ? Number(text) : Number.NaN;
      if (value >= 0) return value;
      const complaint = Number.isNaN(value) ? "is not an integer" : "is not greater than or equal to 0";
      context.addIssue({ code: "custom", message: `The value '${text}' ${complaint} for ${collection}.` });
      return z.NEVER;
    })
    .meta({ type: "integer", minimum: 0, default: 0 }),
  limit: z
    .string()
    .optional()
    .transform((text, context): number => {
      if (text === undefined) return LIST_LIMIT_DEFAULT;
      const value = WHOLE.test(text) ? Number(text) : Number.NaN;
      if (value >= 0 && value <= LIST_LIMIT_MAX) return value === 0 ? LIST_LIMIT_MAX : value;
      const complaint = Number.isNaN(value) ? "is not an integer" : `is not in the range of 0 to ${LIST_LIMIT_MAX}`;
      context.addIssue({ code: "custom", message: `The value '${text}' ${complaint} for ${collection}.` });
      return z.NEVER;
    })
    .meta({ type: "integer", minimum: 0, maximum: LIST_LIMIT_MAX, default: LIST_LIMIT_DEFAULT }),
  count: flag(false).meta({ description: "Answer with the number of entries instead of the entries." }),
});

/** Either the entries of a list or, with `count=true`, how many there are. */
export const listAnswer = <const Collection extends string, Item extends z.ZodType>(
  collection: Collection,
  item: Item,
) => z.union([z.array(item), z.object({ [collection]: z.int() } as Record<Collection, z.ZodInt>)]);
