import { UsageError } from "../../failure.ts";

const NEXT = "Say how long it is to be good: --expiration 30d, or 12h, or never";

/**
 * Checks `--expiration` before anything is sent, in doctl's words (do-functions-api 7.4), and gives what the API takes. Stricter than
 * doctl in one point: `+7d`, which the server would refuse, is refused here.
 */
export function parseExpiration(given: string | undefined): string {
  const text = given?.trim() ?? "";
  if (text === "") throw new UsageError("expiration duration cannot be empty", NEXT);
  if (text === "never") return text;
  const [, number] = /^(-?\d+)[hd]$/.exec(text) ?? [];
  if (number === undefined) {
    const expected = "Must be in format <int>h or <int>d (e.g., 1h, 7d)";
    throw new UsageError(`invalid expiration format '${text}'. ${expected}`, NEXT);
  }
  if (Number(number) <= 0) throw new UsageError("expiration duration must be a positive number", NEXT);
  return text;
}
