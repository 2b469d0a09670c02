import { listAccessKeys, rotateAccessKey } from "@latchkey/contract/access-keys";
import { expect, test } from "vitest";
import { implement } from "./call.ts";
import { requireSecretMarks } from "./secret-marks.ts";

const harmless = implement<null, typeof listAccessKeys>(listAccessKeys, () => ({
  status: 200,
  body: { access_keys: [], count: 0 },
}));
const secretive = implement<null, typeof rotateAccessKey>(rotateAccessKey, () => {
  throw new Error("not called");
});

test("a server whose contract marks no secret does not start", () => {
  expect(() => requireSecretMarks([harmless])).toThrow("http.secrets_unmarked");
});

test("one marked field anywhere shows that the marks are there", () => {
  expect(() => requireSecretMarks([harmless, secretive])).not.toThrow();
});
