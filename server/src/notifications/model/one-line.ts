/** Control characters, line separators and bidirectional overrides: what would end a line, or make it read as another. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** Text that people chose, fit to stand within a line of ours. */
export const oneLine = (text: string): string => text.replaceAll(UNPRINTABLE, " ").trim();
