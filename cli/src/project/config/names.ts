const SEGMENT = /^\w(?:[\w @.&-]*[\w@.&-])?$/;
const LENGTH_MAX = 256;

/** Whether text can name a function or a package (openwhisk-api 4.1). */
export function isEntityName(text: string): boolean {
  return text.length <= LENGTH_MAX && SEGMENT.test(text);
}
