import { ALL_ROUTES } from "@latchkey/contract/all-routes";
import { expect, test } from "vitest";
import { startTestLatchkey } from "../test/start-test-latchkey.ts";

test("every described route has a handler, and every handler a description", async () => {
  const { routes } = await startTestLatchkey();
  expect(routes.map(({ id }) => id).sort()).toEqual(ALL_ROUTES.map(({ id }) => id).sort());
});
