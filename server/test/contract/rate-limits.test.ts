import { describe, expect, test } from "vitest";
import { addToken } from "../people.ts";
import { type Answer, type ControlPlane, startControlPlane } from "./control-plane.ts";
import { addKey, addNamespace, connect, NAMESPACES } from "./things.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const REFUSED = { status: 429, body: { id: "too_many_requests", message: "API rate limit exceeded." } };

const start = (perMinute: number, perHour: number) =>
  startControlPlane({
    environment: { LATCHKEY_REQUESTS_PER_MINUTE: `${perMinute}`, LATCHKEY_REQUESTS_PER_HOUR: `${perHour}` },
  });

const list = ({ send }: ControlPlane, token?: string) => send("GET", NAMESPACES, token === undefined ? {} : { token });
async function listTimes(plane: ControlPlane, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let count = 0; count < times; count += 1) statuses.push((await list(plane)).status);
  return statuses;
}
const numbers = ({ headers }: Answer) => ({
  limit: Number(headers.get("ratelimit-limit")),
  remaining: Number(headers.get("ratelimit-remaining")),
  reset: Number(headers.get("ratelimit-reset")),
  retryAfter: headers.get("retry-after"),
});
const times = (count: number, status: number): number[] => Array.from({ length: count }, () => status);

test("the defaults are the published ones: 5000 an hour, 250 a minute", async () => {
  const { config } = await startControlPlane();
  expect(config.rateLimits.perHour).toBe(5000);
  const { parseConfig } = await import("../../src/config.ts");
  expect(parseConfig({}, {}).rateLimits).toEqual({ perHour: 5000, perMinute: 250 });
});

describe("every answer says where the caller stands", () => {
  test("limit, what is left, and when the oldest request stops counting", async () => {
    const plane = await start(100, 10);
    const firstMs = plane.clock.now();
    expect(numbers(await list(plane))).toEqual({
      limit: 10,
      remaining: 9,
      reset: (firstMs + HOUR_MS) / 1000,
      retryAfter: null,
    });
    plane.clock.advance(10 * MINUTE_MS);
    expect(numbers(await list(plane))).toMatchObject({ remaining: 8, reset: (firstMs + HOUR_MS) / 1000 });
    plane.clock.advance(50 * MINUTE_MS);
    // The first has left the window; the second is now the oldest.
    expect(numbers(await list(plane))).toMatchObject({
      remaining: 8,
      reset: (firstMs + 10 * MINUTE_MS + HOUR_MS) / 1000,
    });
  });

  test("refusals of every kind count and say so; nobody's request counts against nobody", async () => {
    const plane = await start(100, 10);
    const refusals = [
      await plane.send("POST", NAMESPACES, { text: "{" }),
      await plane.send("POST", NAMESPACES, { json: {} }),
      await plane.send("GET", `${NAMESPACES}/fn-x`),
    ];
    expect(refusals.map((answer) => [answer.status, numbers(answer).remaining])).toEqual([
      [400, 9],
      [400, 8],
      [404, 7],
    ]);
    const stranger = await plane.send("GET", NAMESPACES, { token: null });
    expect([stranger.status, numbers(stranger)]).toMatchObject([401, { limit: 10, remaining: 10 }]);
    expect(numbers(await list(plane)).remaining).toBe(6);
  });

  test("each token has its own limits, even of one team", async () => {
    const plane = await start(1, 10);
    const { token } = await addToken(plane);
    expect([(await list(plane)).status, (await list(plane)).status, (await list(plane, token)).status]).toEqual([
      200, 429, 200,
    ]);
  });
});

describe("too many in a minute", () => {
  test("429 with nothing remaining and with the seconds to wait, after which one request passes", async () => {
    const plane = await start(3, 100);
    await list(plane);
    plane.clock.advance(20_000);
    expect(await listTimes(plane, 2)).toEqual([200, 200]);
    plane.clock.advance(9_500);
    const refused = await list(plane);
    expect(refused).toMatchObject(REFUSED);
    expect(numbers(refused)).toMatchObject({ remaining: 0, retryAfter: "31" });

    plane.clock.advance(30_499);
    expect((await list(plane)).status).toBe(429);
    plane.clock.advance(1);
    expect(await listTimes(plane, 2)).toEqual([200, 429]);
  });

  test("a caller who waits as told always gets on, and never has to wait for more than a minute", async () => {
    const plane = await start(2, 1000);
    for (let round = 0; round < 20; round += 1) {
      const answer = await list(plane);
      if (answer.status === 200) continue;
      const seconds = Number(answer.headers.get("retry-after"));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(60);
      plane.clock.advance(seconds * 1000);
      expect((await list(plane)).status).toBe(200);
    }
  });

  test("refused requests do not count: hammering does not prolong the wait", async () => {
    const plane = await start(2, 100);
    await listTimes(plane, 2);
    for (let second = 0; second < 60; second += 1) {
      expect((await list(plane)).status).toBe(429);
      plane.clock.advance(1000);
    }
    expect((await list(plane)).status).toBe(200);
  });
});

describe("too many in an hour", () => {
  test("429 without retry-after; the window slides, it does not start anew", async () => {
    const plane = await start(100, 3);
    expect(await listTimes(plane, 1)).toEqual([200]);
    plane.clock.advance(30 * MINUTE_MS);
    expect(await listTimes(plane, 2)).toEqual([200, 200]);
    const refused = await list(plane);
    expect(refused).toMatchObject(REFUSED);
    expect(numbers(refused)).toMatchObject({ limit: 3, remaining: 0, retryAfter: null });
    expect(numbers(refused).reset).toBe((plane.clock.now() + 30 * MINUTE_MS) / 1000);

    plane.clock.advance(30 * MINUTE_MS - 1);
    expect((await list(plane)).status).toBe(429);
    plane.clock.advance(1);
    // Each request counts for exactly one hour: one has left the window, two have not.
    expect(await listTimes(plane, 2)).toEqual([200, 429]);
    plane.clock.advance(30 * MINUTE_MS);
    expect(await listTimes(plane, 3)).toEqual([200, 200, 429]);
  });

  test("the reset header is the moment from which a request passes again", async () => {
    const plane = await start(100, 2);
    plane.clock.advance(123);
    await listTimes(plane, 2);
    const { reset } = numbers(await list(plane));
    plane.clock.set(reset * 1000);
    expect((await list(plane)).status).toBe(200);
  });

  test("when both limits are reached it is the hour that counts: no retry-after that would not help", async () => {
    const plane = await start(3, 3);
    await listTimes(plane, 3);
    expect(numbers(await list(plane)).retryAfter).toBeNull();
  });

  test("the limit holds for many times as many requests", async () => {
    const plane = await start(1000, 100);
    expect(await listTimes(plane, 120)).toEqual([...times(100, 200), ...times(20, 429)]);
    plane.clock.advance(HOUR_MS);
    expect(await listTimes(plane, 120)).toEqual([...times(100, 200), ...times(20, 429)]);
  });
});

test("a token that has reached its limit keeps nobody's access key from working", async () => {
  const plane = await start(100, 3);
  const { namespace, api_host } = await addNamespace(plane);
  const key = await addKey(plane, namespace, "ci");
  expect(await listTimes(plane, 2)).toEqual([200, 429]);
  expect((await connect(api_host, key)).status).toBe(200);
});
