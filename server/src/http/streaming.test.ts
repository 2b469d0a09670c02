import { setTimeout } from "node:timers/promises";
import { route } from "@latchkey/contract/route";
import { streamed } from "@latchkey/contract/shapes";
import { describe, expect, onTestFinished, test } from "vitest";
import { createCapturedLog } from "../../test/captured-log.ts";
import { createFakeClock } from "../../test/fake-clock.ts";
import { createSeededRandom } from "../../test/seeded-random.ts";
import { implement } from "./call.ts";
import { createHttp } from "./server.ts";

const getStory = route({
  id: "story.get",
  summary: "",
  method: "GET",
  path: "/story",
  dialect: "digitalocean",
  credential: "none",
  answers: { 200: streamed("text/plain") },
  errors: [],
});

/** A server that tells this, piece by piece. */
async function startTelling(story: () => AsyncIterable<string>) {
  const log = createCapturedLog();
  const nobody = () => {
    throw new Error("nobody calls");
  };
  const app = createHttp({
    clock: createFakeClock(),
    random: createSeededRandom(),
    log,
    authenticate: { token: nobody, access_key: nobody },
    routes: [
      implement<unknown, typeof getStory>(getStory, () => ({
        status: 200,
        body: story(),
        headers: { "content-type": "text/plain" },
      })),
    ],
    openRoutes: [],
    rateLimits: { perHour: 1_000, perMinute: 1_000 },
    refused: nobody,
    trustProxy: false,
    verifyAnswers: true,
  });
  onTestFinished(() => app.close());
  const url = `${await app.listen({ host: "127.0.0.1", port: 0 })}/story`;
  return { url, log };
}

describe("an answer in pieces", () => {
  test("is sent piece by piece, while more of it is being made", async () => {
    const { promise: firstWasRead, resolve } = Promise.withResolvers<void>();
    const { url } = await startTelling(async function* () {
      yield "once ";
      await firstWasRead;
      yield "upon a tïme";
    });
    const response = await fetch(url);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/plain"]);
    expect(response.headers.get("content-length")).toBeNull();
    let text = "";
    for await (const piece of response.body ?? []) {
      text += Buffer.from(piece).toString();
      resolve();
    }
    expect(text).toBe("once upon a tïme");
  });

  test("is made no faster than it is read", async () => {
    let made = 0;
    const { url } = await startTelling(async function* () {
      for (; made < 1_000; made += 1) yield "x".repeat(100_000);
    });
    const { body } = await fetch(url);
    await setTimeout(100);
    expect(made).toBeLessThan(500);
    await body?.cancel();
  });

  test("ends where it is made when nobody reads on", async () => {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const { url } = await startTelling(async function* () {
      try {
        for (;;) yield "and then ".repeat(1_000);
      } finally {
        resolve();
      }
    });
    const { body } = await fetch(url);
    await body?.cancel();
    await ended;
  });

  test("that cannot be finished breaks off for the caller, and the log says why", async () => {
    const { url, log } = await startTelling(async function* () {
      yield "once ";
      await setTimeout(20);
      throw new Error("the book is gone");
    });
    const response = await fetch(url);
    await expect(response.text()).rejects.toThrow();
    expect(log.lines.join()).toContain("the book is gone");
  });
});
