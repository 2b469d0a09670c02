import { expect, test } from "vitest";
import { basic, createCaller } from "../../test/caller.ts";
import { startControlPlane } from "../../test/contract/control-plane.ts";
import { addTrigger } from "../../test/contract/things.ts";

const MINUTE_MS = 60_000;

/** A server with a function that gives back what it is called with. */
async function startWithEcho() {
  const plane = await startControlPlane();
  const caller = createCaller(plane.url, plane.token);
  const namespaceId = await caller.addNamespace();
  const key = await caller.addKey(namespaceId);
  await caller.deploy(key, "echo", "exports.main = (given) => given");
  const activations = async () => {
    const { text } = await caller.send("GET", "/api/v1/namespaces/_/activations?docs=true", {
      authorization: basic(key),
    });
    return JSON.parse(text);
  };
  return { plane, caller, namespaceId, key, activations };
}

test("a scheduled call is on record as the owner's, with what it was called with, and the trigger says when it ran", async () => {
  const { plane, namespaceId, activations } = await startWithEcho();
  await addTrigger(plane, namespaceId, {
    function: "echo",
    scheduled_details: { cron: "*/10 * * * *", body: { to: "ops" } },
  });
  plane.clock.advance(5 * MINUTE_MS + 1500);
  await plane.schedules.runDue();
  await expect
    .poll(activations)
    .toMatchObject([{ name: "echo", subject: plane.user.id, response: { success: true, result: { to: "ops" } } }]);
  const { body } = await plane.send("GET", `/v2/functions/namespaces/${namespaceId}/triggers/nightly`);
  expect(body).toMatchObject({
    trigger: { scheduled_runs: { last_run_at: "2026-03-23T09:20:01Z", next_run_at: "2026-03-23T09:30:00Z" } },
  });
});

test("a running server looks by itself", async () => {
  const { plane, namespaceId, activations } = await startWithEcho();
  await addTrigger(plane, namespaceId, { function: "echo", scheduled_details: { cron: "* * * * *" } });
  plane.clock.advance(MINUTE_MS);
  await expect.poll(activations, { timeout: 10_000 }).toHaveLength(1);
});

test("a run whose function is gone by then is on record as failed", async () => {
  const { plane, caller, namespaceId, key, activations } = await startWithEcho();
  await addTrigger(plane, namespaceId, { function: "echo", scheduled_details: { cron: "* * * * *" } });
  await caller.send("DELETE", "/api/v1/namespaces/_/actions/echo", { authorization: basic(key) });
  plane.clock.advance(MINUTE_MS);
  await plane.schedules.runDue();
  await expect
    .poll(activations, { timeout: 10_000 })
    .toMatchObject([{ name: "echo", subject: plane.user.id, response: { success: false } }]);
});
