import { expect, test } from "vitest";
import { startControlPlane } from "./control-plane.ts";
import { addKey, addNamespace, connect, keysOf } from "./things.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

async function startWithNamespace() {
  const plane = await startControlPlane({ environment: { LATCHKEY_REQUESTS_PER_HOUR: "5000" } });
  const { namespace: namespaceId, api_host } = await addNamespace(plane);
  return { plane, namespaceId, api_host };
}

/** Requests a key per row and gives what came of each: the milliseconds it lives, `never`, or the status of the refusal. */
async function tryAll(rows: readonly (readonly [fields: object, expected: unknown])[]) {
  const { plane, namespaceId } = await startWithNamespace();
  const outcomes: [object, unknown][] = [];
  for (const [index, [fields]] of rows.entries()) {
    const json = { name: `key ${index}`, ...fields };
    const { status, body } = await plane.send("POST", keysOf(namespaceId), { json });
    if (status !== 201) outcomes.push([fields, status]);
    else {
      const { expires_at: end, created_at: start } = Object(body).access_key;
      outcomes.push([fields, end === null ? "never" : Date.parse(end) - Date.parse(start)]);
    }
  }
  return outcomes;
}

test("a lifetime is whole hours or days, as text, with spaces around it or not", async () => {
  const rows = [
    [{ expires_in: "1h" }, HOUR_MS],
    [{ expires_in: "12h" }, 12 * HOUR_MS],
    [{ expires_in: "7d" }, 7 * DAY_MS],
    [{ expires_in: "365d" }, 365 * DAY_MS],
    [{ expires_in: " 7d " }, 7 * DAY_MS],
    [{ expires_in: "\t1h\n" }, HOUR_MS],
    [{ expires_in: "007d" }, 7 * DAY_MS],
    [{ expires_in: "87600h" }, 3650 * DAY_MS],
    [{ expires_in: "3650d" }, 3650 * DAY_MS],
    // The guide's word for the same.
    [{ expiration: "12h" }, 12 * HOUR_MS],
    [{ expiration: " 30d" }, 30 * DAY_MS],
  ] as const;
  expect(await tryAll(rows)).toEqual(rows);
});

test("never: left out, null, empty or the word", async () => {
  const rows = [
    [{}, "never"],
    [{ expires_in: null }, "never"],
    [{ expires_in: "" }, "never"],
    [{ expires_in: "  " }, "never"],
    [{ expires_in: "never" }, "never"],
    [{ expires_in: "NEVER" }, "never"],
    [{ expires_in: " Never " }, "never"],
    [{ expiration: null }, "never"],
    [{ expiration: "" }, "never"],
    [{ expiration: "never" }, "never"],
  ] as const;
  expect(await tryAll(rows)).toEqual(rows);
});

test("both words are fine when they say the same, and refused when they do not", async () => {
  const rows = [
    [{ expires_in: "7d", expiration: "7d" }, 7 * DAY_MS],
    [{ expires_in: "1d", expiration: "24h" }, DAY_MS],
    [{ expires_in: "", expiration: "never" }, "never"],
    [{ expires_in: "7d", expiration: "8d" }, 400],
    [{ expires_in: "never", expiration: "7d" }, 400],
    [{ expires_in: "7d", expiration: "never" }, 400],
    [{ expires_in: null, expiration: "7d" }, 400],
    [{ expires_in: "7d", expiration: null }, 400],
    [{ expires_in: "7d", expiration: "soon" }, 400],
    [{ expires_in: "soon", expiration: "7d" }, 400],
  ] as const;
  expect(await tryAll(rows)).toEqual(rows);
});

test("what is not understood is refused and never turns into a key that lives for ever", async () => {
  const values = [
    // Let through by doctl as they are.
    ...["+7d", "99999999999999999d"],
    ...["0h", "0d", "-1d", "1.5d", "1e3h", "30m", "1w", "90s", "7", "7D", "7 d", "7days", "1h30m", "P7D", "0x7d"],
    ...[
      "3651d",
      "87601h",
      `${"9".repeat(400)}h`,
      "h",
      "d",
      "abc",
      "nevere",
      "null",
      "٧d",
      "7d\u0000",
      "2027-01-01T00:00:00Z",
    ],
    ...[7, 0, -1, 7.5, true, false, [], ["7d"], {}, { days: 7 }],
  ];
  const rows = values.flatMap((value) => [
    [{ expires_in: value }, 400],
    [{ expiration: value }, 400],
  ]) as [object, number][];
  expect(await tryAll(rows)).toEqual(rows);
});

test("a refusal says what would have been right", async () => {
  const { plane, namespaceId } = await startWithNamespace();
  const answer = await plane.send("POST", keysOf(namespaceId), { json: { name: "ci", expires_in: "30m" } });
  expect(answer).toMatchObject({ status: 400, body: { id: "bad_request" } });
  expect(Object(answer.body).message).toMatch(/expires_in .*12h or 30d.*never/);
});

test("a key works until the second at which it expires, and not at it; a clock between seconds makes no difference", async () => {
  const { plane, namespaceId, api_host } = await startWithNamespace();
  plane.clock.advance(700);
  const key = await addKey(plane, namespaceId, "ci", { expires_in: "1h" });
  expect(key.expires_at).toBe("2026-03-23T10:15:00Z");
  plane.clock.set(Date.parse("2026-03-23T10:14:59.999Z"));
  expect((await connect(api_host, key)).status).toBe(200);
  plane.clock.advance(1);
  expect(await connect(api_host, key)).toMatchObject({
    status: 401,
    body: { error: expect.stringContaining("expired at 2026-03-23T10:15:00Z") },
  });
});
