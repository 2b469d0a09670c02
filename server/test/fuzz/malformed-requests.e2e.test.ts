import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALL_ROUTES } from "@latchkey/contract/all-routes";
import { expect, onTestFinished, test } from "vitest";
import { basic, bearer, createCaller } from "../caller.ts";
import { startServer } from "../server-process.ts";
import { createDice } from "./dice.ts";
import { changedBetween, footprintOf, openDigest } from "./footprint.ts";
import { createRequests, type FuzzRequest, type Known } from "./requests.ts";
import { type FuzzAnswer, openWire, type Wire } from "./wire.ts";

/** Another seed, other requests. On a failure the request itself is shown. */
const SEED = 20_260_323;
const HARMLESS = 65_000;
const HARMFUL = 35_000;
const CONNECTIONS = 8;
/** What the server takes while it warms up is not what it keeps for every request. */
const WARM_UP = 20_000;
/** Three hundred bytes kept of every request would be as much. */
const GROWTH_MIB_MAX = 24;
/** What a few functions that are kept warm hold open. */
const HANDLES_MORE_MAX = 40;
/** Answers that must have been among them. */
const EVERY_KIND = [200, 202, 204, 400, 401, 403, 404, 405, 409, 415, 431];
/** Tables that say what happened, of refusals too, not what is. */
const HISTORY = /^(changes|change_counter|audit_\w+)$/;
const ECHO = "exports.main = (args) => args;";

/** Everything but what takes long to send for nothing: the API document and its page. */
const routes = ALL_ROUTES.filter(({ id }) => !id.startsWith("operations.api"));
/** With which whoever may do everything would end that, or keep others waiting. */
const SELF_DEFEATING = new Set(["teamKeys.revoke", "team.leave", "teamPolicy.set", "audit.export", "webhook.test"]);

const ENVIRONMENT = {
  LATCHKEY_REQUESTS_PER_HOUR: "1000000",
  LATCHKEY_REQUESTS_PER_MINUTE: "1000000",
  LATCHKEY_FAILED_ATTEMPTS_PER_MINUTE: "1000000",
  LATCHKEY_INVOCATIONS_PER_MINUTE: "100",
  LATCHKEY_FUNCTION_MEMORY_MB: "512",
  LATCHKEY_LOG_LEVEL: "warn",
  // Little enough that keeping something of every request would end the process.
  // And little room for what is young, which otherwise grows in steps of tens of megabytes whenever it suits.
  NODE_OPTIONS: "--max-old-space-size=160 --max-semi-space-size=4",
};

async function startTarget() {
  const path = mkdtempSync(join(tmpdir(), "latchkey-fuzz-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const server = await startServer(path, { environment: ENVIRONMENT });
  const caller = createCaller(server.url, server.token ?? "");
  const namespace = await caller.addNamespace();
  const key = await caller.addKey(namespace);
  const reader = await caller.addKey(namespace, "reader", { grants: ["read"] });
  const authorization = basic(key);
  const put = async (what: string, json: object): Promise<void> => {
    const { status, text } = await caller.send("PUT", `/api/v1/namespaces/_/${what}`, { authorization, json });
    expect([what, status, text]).toEqual([what, 200, expect.any(String)]);
  };
  const code = { exec: { kind: "nodejs:default", code: ECHO }, annotations: [{ key: "web-export", value: true }] };
  await put("packages/sample", {});
  await put("actions/hello", code);
  await put("actions/sample/hello", code);
  await put("packages/bound", { binding: { namespace: "_", name: "sample" } });
  await put("triggers/tick", {});
  await put("rules/onTick", { trigger: "/_/tick", action: "/_/hello" });
  const ran = await caller.send("POST", "/api/v1/namespaces/_/actions/hello?blocking=true", { authorization });
  const activation = ran.headers.get("x-openwhisk-activation-id") ?? "";
  // Passwords are checked in tens of megabytes, which the process keeps for the next ones: as many at once as there will be.
  const signIn = { email: "nobody@example.com", password: "wrong, and long enough" };
  await Promise.all(Array.from({ length: CONNECTIONS }, () => caller.send("POST", "/v2/sessions", { json: signIn })));
  const digest = openDigest(join(path, "latchkey.db"));
  onTestFinished(() => digest.close());
  return { server, caller, namespace, key, reader, activation, digest };
}

type Target = Awaited<ReturnType<typeof startTarget>>;

/** Names of things that exist, by path parameter. To the control plane a namespace that may go, not the one that is looked at. */
const paramsOf = ({ namespace, activation }: Target, expendable: readonly string[]): Known["params"] => ({
  namespace: ["_", "_", namespace],
  namespace_id: expendable,
  package: ["sample", "bound"],
  name: ["hello", "sample", "tick", "onTick", "fuzzed"],
  id: [activation],
});

/** Holds an answer against what must hold for any request, however wrong. */
function checkAnswer(request: FuzzRequest, answer: FuzzAnswer, secrets: readonly string[]): void {
  if (answer === null) return;
  const { status, head, body } = answer;
  const isFine = status < 500 || (status === 502 && /^x-openwhisk-activation-id/im.test(head)) || status === 503;
  const isTold = status < 400 || request.method === "HEAD" || /^\{"(error|id)":|"activationId":|"success":/.test(body);
  const isSilent = secrets.every((secret) => !body.includes(secret) && !head.includes(secret));
  if (isFine && isTold && isSilent && /^x-request-id: ./im.test(head)) return;
  const asked = request.bytes.toString("latin1", 0, 3000);
  throw new Error(`answered with ${head}\n\n${body.slice(0, 1000)}\n\nwhen asked\n${asked}`);
}

const PROMISE =
  "a hundred thousand malformed requests to every route: none breaks anything, and none that is refused changes anything";

test(PROMISE, { timeout: 150_000 }, async () => {
  const target = await startTarget();
  const { server, caller, namespace, key, reader, digest } = target;
  const secrets = [key.secret, reader.secret, server.token ?? ""];
  const idle = footprintOf(server.pid);
  const statuses = new Map<number, number>();
  const ask = async (wire: Wire, request: FuzzRequest): Promise<FuzzAnswer> => {
    const answer = await wire.ask(request);
    checkAnswer(request, answer, secrets);
    const status = answer?.status ?? 0;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    return answer;
  };

  // Whoever may only read, and whoever is nobody, from several sides at once.
  const state = digest.tables.filter((table) => !HISTORY.test(table));
  const before = digest.of(state);
  let warm = idle;
  let sent = 0;
  const readers = Array.from({ length: CONNECTIONS }, async (_, index) => {
    const wire = openWire(server.url);
    const credentials = { access_key: [basic(reader)], token: [], none: [] };
    const requests = createRequests(createDice(SEED + index), routes, {
      params: paramsOf(target, [namespace]),
      credentials,
    });
    while (sent < HARMLESS) {
      sent += 1;
      if (sent === WARM_UP) warm = footprintOf(server.pid);
      await ask(wire, requests.next());
    }
    wire.hangUp();
  });
  await Promise.all(readers);
  expect(changedBetween(before, digest.of(state))).toEqual([]);

  // Whoever may do everything: what is refused leaves everything as it was, request by request.
  const wire = openWire(server.url);
  const expendable = [await caller.addNamespace("expendable")];
  const credentials = { access_key: [basic(key)], token: [bearer(server.token ?? "")], none: [] };
  const harmful = routes.filter(({ id }) => !SELF_DEFEATING.has(id));
  const requests = createRequests(createDice(SEED), harmful, { params: paramsOf(target, expendable), credentials });
  const queued = (): number => digest.count("invocations");
  let known = { version: digest.version(), content: digest.of(state) };
  for (let number = 0; number < HARMFUL; number += 1) {
    const request = requests.next();
    const answer = await ask(wire, request);
    if (answer?.status === 204 && request.method === "DELETE")
      expendable.push(await caller.addNamespace(`expendable ${number}`));
    // What was accepted runs and is taken off the queue by itself: not while the next requests are looked at.
    if (answer?.status === 202) await expect.poll(queued, { timeout: 10_000 }).toBe(0);
    const version = digest.version();
    if (version !== known.version) {
      const content = digest.of(state);
      const changed = changedBetween(known.content, content);
      if ((answer === null || answer.status >= 400) && changed.length > 0) {
        const asked = request.bytes.toString("latin1", 0, 3000);
        throw new Error(`refused with ${answer?.head} and yet done, in ${changed}:\n${asked}`);
      }
      known = { version, content };
    }
  }
  wire.hangUp();
  // Neither all stopped at the door nor all let through.
  for (const status of EVERY_KIND) expect([status, statuses.get(status)]).toEqual([status, expect.any(Number)]);

  // Nothing that came and went is kept.
  const handles = (): number => footprintOf(server.pid).handles;
  await expect.poll(handles, { timeout: 10_000 }).toBeLessThan(idle.handles + HANDLES_MORE_MAX);
  const after = footprintOf(server.pid);
  expect(after.residentMib - warm.residentMib).toBeLessThan(GROWTH_MIB_MAX);
  expect((await caller.connect(key)).status).toBe(200);
  const { code, stdout, stderr } = await server.stop();
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).not.toContain("request failed");
});
