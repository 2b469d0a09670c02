import type { ActivationShape } from "@latchkey/contract/openwhisk/activations";
import { expect, test } from "vitest";
import { createFollower } from "./follower.ts";

const MINUTE_MS = 60_000;
const record = (activationId: string, startMinutes: number): ActivationShape => ({
  activationId,
  namespace: "fn-1",
  name: "hello",
  version: "0.0.1",
  subject: "fn-1",
  publish: false,
  start: startMinutes * MINUTE_MS,
  end: startMinutes * MINUTE_MS,
  duration: 0,
  statusCode: 0,
  annotations: [],
  logs: [],
  response: { status: "success", success: true, result: {}, size: 2 },
});
const ids = (records: readonly ActivationShape[]) => records.map(({ activationId }) => activationId);

test("what was there is not new, what came is, oldest first and once only", () => {
  const follower = createFollower([record("b", 101), record("a", 100)]);
  const now = [record("d", 103), record("c", 102), record("b", 101), record("a", 100)];
  expect(ids(follower.take(now))).toEqual(["c", "d"]);
  expect(follower.take(now)).toEqual([]);
});

test("an activation that ran for long comes late and is not passed over", () => {
  const follower = createFollower([record("quick", 100)]);
  follower.take([record("newer", 110)]);
  expect(follower.since()).toBeLessThanOrEqual(96 * MINUTE_MS);
  expect(ids(follower.take([record("newer", 110), record("slow", 96)]))).toEqual(["slow"]);
});

test("what it remembers is only what could come again", () => {
  const follower = createFollower([record("old", 1)]);
  follower.take([record("new", 100)]);
  // The server is not asked for it any more; were it remembered, it would be for ever.
  expect(follower.since()).toBe(85 * MINUTE_MS);
  expect(ids(follower.take([record("old", 1)]))).toEqual(["old"]);
});

test("at first there is nothing to go on from", () => {
  expect(createFollower([]).since()).toBe(0);
});
