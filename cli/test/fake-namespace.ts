import { setTimeout as delay } from "node:timers/promises";
import type {
  ActionBody,
  Annotation,
  DeployApi,
  PackageBody,
  Runtimes,
  Stored,
  TriggerApi,
  TriggerBody,
} from "../src/project/deploy/api.ts";

/** How the server misbehaves. */
export type FakeOptions = {
  /** Requests that are refused, by `METHOD path`. */
  readonly refuse?: (request: string) => boolean;
  /** Refusals repeat the request's body. */
  readonly quote?: boolean;
  /** Requests take a moment. */
  readonly slow?: boolean;
};

type Kept<Body> = { version: number; body: Body };

const RUNTIMES: Runtimes = {
  nodejs: [{ kind: "nodejs:18" }, { kind: "nodejs:20", default: true }],
  python: [{ kind: "python:3.11", default: true }],
};

/** A server with one namespace, `fn-1`, that keeps what it is sent and in which order. */
export function fakeNamespace({ refuse = () => false, quote = false, slow = false }: FakeOptions = {}) {
  const requests: string[] = [];
  const packages = new Map<string, Kept<PackageBody>>();
  const actions = new Map<string, Kept<ActionBody>>();
  const triggers = new Map<string, TriggerBody>();
  const load = { now: 0, most: 0 };

  async function answer<T>(request: string, work: () => T, body: unknown = null): Promise<T> {
    requests.push(request);
    load.now += 1;
    load.most = Math.max(load.most, load.now);
    if (slow) await delay(20);
    load.now -= 1;
    if (refuse(request)) throw new Error(`${request} is refused${quote ? `: ${JSON.stringify(body)}` : ""}`);
    return work();
  }

  function keep<Body extends { annotations: readonly Annotation[] }>(
    entries: Map<string, Kept<Body>>,
    name: string,
    body: Body,
  ): Stored {
    const version = (entries.get(name)?.version ?? 0) + 1;
    entries.set(name, { version, body });
    return { version: `0.0.${version}`, annotations: body.annotations };
  }

  function find<Body extends { annotations: readonly Annotation[] }>(entries: Map<string, Kept<Body>>, name: string) {
    const found = entries.get(name);
    return found ? { version: `0.0.${found.version}`, annotations: found.body.annotations } : null;
  }

  const api: DeployApi = {
    namespaces: () => answer("GET namespaces", () => ["fn-1"]),
    runtimes: () => answer("GET runtimes", () => RUNTIMES),
    getPackage: (name) => answer(`GET packages/${name}`, () => find(packages, name)),
    putPackage: (name, body) => answer(`PUT packages/${name}`, () => keep(packages, name, body), body),
    getAction: (name) => answer(`GET actions/${name}`, () => find(actions, name)),
    putAction: (name, body) => answer(`PUT actions/${name}`, () => keep(actions, name, body), body),
  };
  const control: TriggerApi = {
    deleteTrigger: (name) =>
      answer(`DELETE triggers/${name}`, () => {
        if (!triggers.delete(name)) throw new Error("trigger not found");
      }),
    createTrigger: (body) => answer(`POST triggers/${body.name}`, () => void triggers.set(body.name, body)),
  };
  return {
    ...api,
    control,
    namespace: "fn-1",
    requests,
    packages,
    actions,
    triggers,
    /** Adds annotations to a function behind everybody's back; later ones win. */
    annotate(name: string, annotations: readonly Annotation[]): void {
      const found = actions.get(name);
      if (found) actions.set(name, { ...found, body: { ...found.body, annotations } });
    },
    /** How many requests were under way at the same time, at most. */
    mostAtOnce: () => load.most,
  };
}
