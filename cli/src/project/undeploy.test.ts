import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { API_HOST, deployFolder } from "../../test/deploy-folder.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { readProject } from "./read-project.ts";
import {
  type UndeployDeps,
  undeployFunctions,
  undeployNamespace,
  undeployPackages,
  undeployProject,
} from "./undeploy.ts";

type Server = UndeployDeps & {
  readonly actions: Set<string>;
  readonly packages: Set<string>;
  readonly schedules: Map<string, string>;
};

/** A namespace with these functions, in pages of `pageSize`; `stuck` ones cannot be deleted. */
function namespaceOf(
  functions: readonly string[],
  { stuck = [] as string[], pageSize = 200, token = true } = {},
): Server {
  const actions = new Set(functions);
  const packages = new Set(functions.flatMap((name) => (name.includes("/") ? [name.split("/")[0] ?? ""] : [])));
  const schedules = new Map(functions.map((name) => [`on ${name}`, name]));
  const inside = (name: string): string[] => [...actions].filter((fn) => fn.startsWith(`${name}/`));
  const api = {
    deleteAction: async (name: string) => {
      if (stuck.includes(name)) throw new Error(`${name} is stuck`);
      return actions.delete(name);
    },
    deletePackage: async (name: string) => {
      if (inside(name).length > 0) throw new Error(`Package not empty (contains ${inside(name).length} entities).`);
      return packages.delete(name);
    },
    listPackage: async (name: string) =>
      packages.has(name) ? inside(name).map((fn) => fn.slice(name.length + 1)) : null,
    listActions: async () => [...actions].slice(0, pageSize),
    listPackages: async () => [...packages].slice(0, pageSize),
  };
  const triggers = {
    listTriggers: async () => [...schedules].map(([name, fn]) => ({ name, function: fn })),
    deleteTrigger: async (name: string) => void schedules.delete(name),
  };
  return { api, triggers: token ? triggers : null, actions, packages, schedules };
}

describe("undeploying functions", () => {
  test("deletes them and their schedules, and tells of those that were not there", async () => {
    const server = namespaceOf(["p/f", "p/g", "h"]);
    expect(await undeployFunctions(["p/f", "h", "p/nowhere"], server)).toEqual([
      { kind: "trigger", name: "on p/f", outcome: "deleted" },
      { kind: "trigger", name: "on h", outcome: "deleted" },
      { kind: "function", name: "p/f", outcome: "deleted" },
      { kind: "function", name: "h", outcome: "deleted" },
      { kind: "function", name: "p/nowhere", outcome: "absent" },
    ]);
    expect([...server.actions, ...server.schedules.keys()]).toEqual(["p/g", "on p/g"]);
  });

  test("leaves schedules alone without an API token", async () => {
    const server = namespaceOf(["f"], { token: false });
    expect(await undeployFunctions(["f"], server)).toEqual([{ kind: "function", name: "f", outcome: "deleted" }]);
    expect(server.schedules.size).toBe(1);
  });

  test("goes on after one that cannot be deleted", async () => {
    const results = await undeployFunctions(["f", "g"], namespaceOf(["f", "g"], { stuck: ["f"], token: false }));
    expect(results).toEqual([
      { kind: "function", name: "f", outcome: "failed", reason: "f is stuck" },
      { kind: "function", name: "g", outcome: "deleted" },
    ]);
  });
});

test("undeploying packages deletes what is in them", async () => {
  const server = namespaceOf(["p/f", "p/g", "q/f"], { token: false });
  expect(await undeployPackages(["p", "nowhere"], server)).toEqual([
    { kind: "function", name: "p/f", outcome: "deleted" },
    { kind: "function", name: "p/g", outcome: "deleted" },
    { kind: "package", name: "p", outcome: "deleted" },
    { kind: "package", name: "nowhere", outcome: "absent" },
  ]);
  expect([...server.actions, ...server.packages]).toEqual(["q/f", "q"]);
});

describe("undeploying a namespace", () => {
  test("empties it, page by page", async () => {
    const server = namespaceOf(
      Array.from({ length: 25 }, (_, index) => `p${index % 5}/f${index}`),
      { pageSize: 10 },
    );
    await undeployNamespace(server);
    expect([server.actions.size, server.packages.size, server.schedules.size]).toEqual([0, 0, 0]);
  });

  test("ends although something cannot be deleted, and tells it once", async () => {
    const server = namespaceOf(["p/f", "p/g", "q/f"], { stuck: ["p/f"], pageSize: 2, token: false });
    const results = await undeployNamespace(server);
    expect([...server.actions, ...server.packages]).toEqual(["p/f", "p"]);
    expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([
      { kind: "function", name: "p/f", outcome: "failed", reason: "p/f is stuck" },
      { kind: "package", name: "p", outcome: "failed", reason: "Package not empty (contains 1 entities)." },
    ]);
  });
});

test("what could not be deleted is not forgotten", async () => {
  const root = await tempFolder({ "packages/p/f.js": "", "packages/p/g.js": "" });
  await deployFolder(root);
  const project = await readProject(root, { environment: {} });
  const server = namespaceOf(["p/f", "p/g"], { stuck: ["p/f"], token: false });
  await undeployProject(project, { apiHost: API_HOST, namespace: "fn-1" }, server);
  const [entry] = JSON.parse(await readFile(join(root, ".deployed/versions.json"), "utf8"));
  expect([Object.keys(entry.actionVersions), Object.keys(entry.packageVersions)]).toEqual([["p/f"], ["p"]]);
});

test("undeploying a project deletes what is its own, keeps packages that others use, and forgets what it deployed", async () => {
  const root = await tempFolder({ "packages/p/f.js": "", "packages/q/f.js": "", "packages/default/h.js": "" });
  await deployFolder(root);
  const project = await readProject(root, { environment: {} });
  const server = namespaceOf(["p/f", "q/f", "q/somebody-elses", "h", "i"], { token: false });

  const results = await undeployProject(project, { apiHost: API_HOST, namespace: "fn-1" }, server);
  expect(results.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    "function h",
    "function p/f",
    "function q/f",
    "package p",
  ]);
  expect([...server.actions, ...server.packages]).toEqual(["q/somebody-elses", "i", "q"]);
  expect(JSON.parse(await readFile(join(root, ".deployed/versions.json"), "utf8"))).toMatchObject([
    { packageVersions: { q: expect.anything() }, actionVersions: {} },
  ]);
});
