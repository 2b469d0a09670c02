import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSeededRandom } from "../../test/seeded-random.ts";
import { createRequestIds } from "./request-id.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const OWN = /^[0-9A-Za-z]{32}$/;

const start = () => createRequestIds(createSeededRandom());

describe("on the control plane", () => {
  test("every request has a UUID, whatever its caller would like", () => {
    const next = start();
    for (const given of [undefined, "mine", ["a", "b"]]) expect(next("digitalocean", given)).toMatch(UUID);
  });
});

describe("on the data plane", () => {
  test.each(["a", "0af7651916cd43dd8448eb211c80319c", "x".repeat(128), "a.b_c~d:e+f/g=h-i", "sid"])(
    "%s is taken",
    (given) => {
      expect(start()("openwhisk", given)).toBe(given);
    },
  );

  test.each([
    "",
    "x".repeat(129),
    "sid_invokerHealth",
    "with blank",
    "a,b",
    'a"b',
    "a\\b",
    "a%0d%0aX-Evil:1",
    "a\r\nX-Evil: 1",
    "é",
    "\u2028",
    "a\0",
    "<script>",
    "{{7*7}}",
  ])("%j is not; the request gets an id of its own", (given) => {
    expect(start()("openwhisk", given)).toMatch(OWN);
  });

  test("of several none is taken", () => {
    expect(start()("openwhisk", ["a", "b"])).toMatch(OWN);
  });

  test("whatever was sent, what comes back can stand in a header, a log line and a JSON text", () => {
    const next = start();
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (given) =>
        /^[\w.~:+/=-]{1,128}$/.test(next("openwhisk", given)),
      ),
    );
  });
});

test.each(["digitalocean", "openwhisk"] as const)("no two requests of %s have the same id", (dialect) => {
  const next = start();
  expect(new Set(Array.from({ length: 5000 }, () => next(dialect, undefined))).size).toBe(5000);
});
