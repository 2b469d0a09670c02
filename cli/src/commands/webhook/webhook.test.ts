import { describe, expect, test } from "vitest";
import { type Answer, startFakeApi } from "../../../test/fake-api.ts";
import { runCli } from "../../../test/run-cli.ts";

const URL = "https://hooks.example.com/latchkey";
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const WEBHOOK = "/v2/team/webhook";
const webhook = {
  url: URL,
  events: ["key.expiring", "member.removed"],
  created_at: "2026-03-01T10:00:00Z",
  updated_at: "2026-03-02T10:00:00Z",
};
const delivery = {
  id: "msg_1",
  event: "webhook.test",
  state: "waiting",
  attempts: 0,
  last_error: null,
  created_at: "2026-03-01T10:00:00Z",
  next_attempt_at: "2026-03-01T10:00:00Z",
  finished_at: null,
};

/** A server with a webhook; what becomes of its test event is told in this order. */
async function world({ secret = SECRET as string | null, becomes = [] as object[] } = {}) {
  const states = [...becomes];
  const deliveries = (): Answer => ({ body: { deliveries: [{ ...delivery, ...states.shift() }] } });
  const api = await startFakeApi({
    [`PUT ${WEBHOOK}`]: { body: { webhook: { ...webhook, secret } } },
    [`GET ${WEBHOOK}`]: { body: { webhook } },
    [`DELETE ${WEBHOOK}`]: { status: 204 },
    [`POST ${WEBHOOK}/test`]: { status: 202, body: { delivery } },
    [`GET ${WEBHOOK}/deliveries`]: deliveries,
  });
  const environment = { LATCHKEY_TOKEN: "t", LATCHKEY_API_URL: api.url };
  return { api, run: (...line: string[]) => runCli(["webhook", ...line], { environment }) };
}

describe("webhook set", () => {
  test("shows the secret once, and says so beside it", async () => {
    const { api, run } = await world();
    const { code, stdout, stderr } = await run("set", URL);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: [
        "URL                                   Secret                                    Events",
        `${URL}    ${SECRET}    key.expiring, member.removed`,
        "",
      ].join("\n"),
    });
    expect(stderr).toContain("You will not be able to see it again.");
    expect(api.asked.at(-1)?.body).toBe(`{"url":"${URL}"}`);
  });

  test("cannot leave the secret out", async () => {
    const { api, run } = await world();
    expect(await run("set", URL, "--format", "URL")).toMatchObject({ code: 2, stdout: "" });
    expect(api.asked).toEqual([]);
  });

  test("says when the secret stays, and how to change it", async () => {
    const { api, run } = await world({ secret: null });
    const { stdout, stderr } = await run("set", URL, "--event", "key.expiring", "--event", "member.removed");
    expect(stdout).not.toContain("whsec_");
    expect(stderr).toBe("The secret stays as it is. For a new one, add --new-secret.\n");
    expect(api.asked.at(-1)?.body).toBe(`{"url":"${URL}","events":["key.expiring","member.removed"]}`);
  });

  test("--new-secret asks for a new one", async () => {
    const { api, run } = await world();
    await run("set", URL, "--new-secret");
    expect(api.asked.at(-1)?.body).toBe(`{"url":"${URL}","new_secret":true}`);
  });

  test("an event that there is not is refused before anything is asked", async () => {
    const { api, run } = await world();
    const { code, stderr } = await run("set", URL, "--event", "key.expired");
    expect(code).toBe(2);
    expect(stderr).toContain("key.expiring");
    expect(api.asked).toEqual([]);
  });
});

test("webhook show prints what is set, and no secret", async () => {
  const { run } = await world();
  const { stdout } = await run("show");
  expect(stdout).toContain(`${URL}    key.expiring, member.removed    2026-03-01 10:00:00 UTC`);
  expect(stdout).not.toContain("Secret");
});

describe("webhook test", () => {
  test("waits for what becomes of it", async () => {
    const { run } = await world({ becomes: [{}, { state: "sent", attempts: 1 }] });
    const { code, stdout, stderr } = await run("test", "--format", "ID,State,Attempts", "--no-header");
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "msg_1    sent    1\n", stderr: "" });
  });

  test("fails, and says why, when the first attempt does", async () => {
    const { run } = await world({ becomes: [{ attempts: 1, last_error: "answered 500" }] });
    const { code, stdout, stderr } = await run("test");
    expect(code).toBe(1);
    expect(stdout).toContain("answered 500");
    expect(stderr).toContain("Error: The test event was not delivered: answered 500");
  });
});

test("webhook deliveries lists them", async () => {
  const { run } = await world({ becomes: [{ state: "failed", attempts: 9, last_error: "answered 503" }] });
  const { stdout } = await run("deliveries");
  expect(stdout).toMatch(/msg_1 +webhook.test +failed +9 +2026-03-01 10:00:00 UTC +answered 503/);
});

describe("webhook delete", () => {
  test("asks; where nobody can answer it does nothing", async () => {
    const { api, run } = await world();
    expect(await run("delete")).toMatchObject({ code: 1, stdout: "" });
    expect(api.asked).toEqual([]);
  });

  test("--force does not ask", async () => {
    const { run } = await world();
    expect(await run("delete", "--force")).toEqual({ code: 0, stdout: "", stderr: "The webhook has been deleted.\n" });
  });
});
