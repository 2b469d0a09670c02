import { ALL_ROUTES } from "@latchkey/contract/all-routes";
import { expect, test } from "vitest";
import { startTestLatchkey } from "../test/start-test-latchkey.ts";

test("every described route has a handler, and every handler a description", async () => {
  const { routes } = await startTestLatchkey();
  // By id: a collection of the data plane is served with and without a slash at the end.
  const served = new Set(routes.map(({ id }) => id));
  expect([...served].sort()).toEqual(ALL_ROUTES.map(({ id }) => id).sort());
});

test("every described route is served where its description says", async () => {
  const { routes } = await startTestLatchkey();
  const served = routes.map(({ id, method, path }) => `${id} ${method} ${path}`);
  const described = ALL_ROUTES.map(({ id, method, path }) => `${id} ${method} ${path}`);
  expect(described.filter((each) => !served.includes(each))).toEqual([]);
});
