/**
 * Control characters, and those that reorder what is written: names and logs are other people's text, and a terminal obeys what it is
 * sent. U+2028 and U+2029 are line breaks to some terminals.
 */
const OBEYED = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const escaped = (character: string): string => {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
};

/** One line of text that a terminal only shows. */
export const plainLine = (text: string): string => text.replaceAll(OBEYED, escaped);

/** Several lines of text, whose line breaks and tabs stay; `\r\n` becomes `\n`. */
export const plainText = (text: string): string =>
  text
    .replaceAll(/\r\n/g, "\n")
    .replaceAll(OBEYED, (found) => (found === "\n" || found === "\t" ? found : escaped(found)));

/** JSON for people and programs; what JSON.stringify leaves as it is but a terminal obeys is written as an escape, which means the same. */
export function plainJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return text.replaceAll(OBEYED, (found) =>
    found === "\n" ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
