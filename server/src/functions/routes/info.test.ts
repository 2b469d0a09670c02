import { expect, test } from "vitest";
import { NAMESPACE, OTHER_NAMESPACE, principal, startTestFunctions } from "../../../test/start-test-functions.ts";

test("the info document is one at every address, and needs no credential", async () => {
  const { app, runtime } = await startTestFunctions();
  const get = (url: string) => app.inject({ method: "GET", url });
  const { statusCode, json } = await get("/api/v1");
  expect(statusCode).toBe(200);
  const { runtimes, ...rest } = json();
  expect(rest).toEqual({
    description: "OpenWhisk",
    api_paths: ["/api/v1"],
    api_version: "1.0.0",
    api_version_path: "v1",
    buildno: "1.2.3",
    swagger_paths: { ui: "/docs/api", "api-docs": "/openapi.json" },
    limits: {
      actions_per_minute: 600,
      triggers_per_minute: 600,
      sequence_length: 50,
      concurrent_actions: 120,
      default_min_action_duration: 100,
      default_max_action_duration: 900_000,
      default_min_action_memory: 134_217_728,
      default_max_action_memory: 1_073_741_824,
      default_min_action_logs: 0,
      default_max_action_logs: 10_485_760,
      min_action_duration: 100,
      max_action_duration: 900_000,
      min_action_memory: 134_217_728,
      max_action_memory: 1_073_741_824,
      min_action_logs: 0,
      max_action_logs: 10_485_760,
    },
  });
  // What the deployer insists on: families, each an array whose items have a kind.
  const kinds = Object.values<{ kind: string; default: boolean }[]>(runtimes).flat();
  expect(kinds.map(({ kind }) => kind)).toEqual(runtime.kinds().map(({ kind }) => kind));
  expect(runtimes.nodejs.filter((item: { default: boolean }) => item.default)).toHaveLength(1);
  for (const url of ["/", "/api/v1/"]) expect((await get(url)).json()).toEqual(json());
});

test("a key's namespace is one, and itself", async () => {
  const { get } = await startTestFunctions();
  expect(await get("")).toMatchObject({ status: 200, body: [NAMESPACE] });
  expect(await get("/")).toMatchObject({ status: 200, body: [NAMESPACE] });
});

test("any key may ask for its namespace and the limits there, and for nobody else's", async () => {
  const { as } = await startTestFunctions();
  const { get } = as(principal(["invoke:nothing"]));
  expect((await get("")).body).toEqual([NAMESPACE]);
  const limits = await get("/_/limits");
  expect(limits).toMatchObject({
    status: 200,
    body: {
      invocationsPerMinute: 600,
      concurrentInvocations: 120,
      minActionMemory: 128,
      maxActionMemory: 1024,
      minActionLogs: 0,
      maxActionLogs: 10,
      minActionTimeout: 100,
      maxActionTimeout: 900_000,
      minActionConcurrency: 1,
      maxActionConcurrency: 1,
      maxParameterSize: "1048576 B",
      maxPayloadSize: "1048576 B",
      truncationSize: "1048576 B",
      storeActivations: true,
    },
  });
  expect((await get(`/${NAMESPACE}/limits`)).body).toEqual(limits.body);
  expect((await get(`/${OTHER_NAMESPACE}/limits`)).body.error).toBe(
    "The supplied authentication is not authorized to access this resource.",
  );
});

test("a namespace's own address, and what is nothing below it, are not found", async () => {
  const { get } = await startTestFunctions();
  for (const path of ["/_", "/_/nonsense", "/_/triggers/a/b"]) {
    expect(await get(path)).toMatchObject({
      status: 404,
      body: { error: "The requested resource could not be found." },
    });
  }
});
