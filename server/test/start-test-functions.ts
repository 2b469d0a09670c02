import type { InjectOptions } from "fastify";
import { onTestFinished } from "vitest";
import { createAudit } from "../src/audit/index.ts";
import {
  createFunctions,
  DEFAULT_LIMITS,
  type FunctionLimits,
  functionRoutes,
  webActionRoute,
} from "../src/functions/index.ts";
import type { Standing } from "../src/functions/model/callers.ts";
import { createHttp } from "../src/http/server.ts";
import type { TeamId, UserId } from "../src/identity/index.ts";
import { systemClock } from "../src/kernel/clock.ts";
import type { Log } from "../src/kernel/log.ts";
import { type NamespaceId, type NamespacePrincipal, parseGrant } from "../src/namespaces/index.ts";
import { createRuntime, type Runtime, runtimeSizeFor } from "../src/runtime/index.ts";
import { createFakeClock } from "./fake-clock.ts";
import { openTestStore } from "./open-test-store.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { silentLog } from "./silent-log.ts";

const TEAM = "team-1" as TeamId;
export const NAMESPACE = "fn-52ad03a2-8660-4f7c-55a5-3e2b1a6d5b1e" as NamespaceId;
export const OTHER_NAMESPACE = "fn-00000000-0000-4000-8000-000000000002" as NamespaceId;

/** Somebody with a key of these grants. */
export function principal(grants: readonly string[] = ["full"], keyId = "dof_v1_1"): NamespacePrincipal {
  return {
    user: { id: "user-1" as UserId, kind: "person", name: "Ada" },
    teamId: TEAM,
    role: "member",
    credentialKind: "access_key",
    credentialId: keyId,
    namespaceId: NAMESPACE,
    expiresAt: null,
    secretNumber: 1,
    grants: grants.map((text) => {
      const grant = parseGrant(text);
      if (grant === undefined) throw new Error(`no such grant: ${text}`);
      return grant;
    }),
  };
}

/** A store with a team and two namespaces. */
export async function openStoreWithNamespaces() {
  const opened = await openTestStore();
  const { db } = opened.store;
  await db.insertInto("teams").values({ id: TEAM, name: "Acme", created_at: 0 }).execute();
  for (const id of [NAMESPACE, OTHER_NAMESPACE]) {
    const row = { id, team_id: TEAM, label: id, region: "nyc1", legacy_uuid: id, created_at: 0, updated_at: 0 };
    await db
      .insertInto("namespaces")
      .values({ ...row, deleted_at: null })
      .execute();
  }
  return opened;
}

export type TestFunctionsOptions = {
  limits?: Partial<FunctionLimits>;
  /** In place of real processes, for what those do not do when asked. */
  runtime?: Runtime;
  /** The store of one that was started before, as after a restart with other settings. */
  on?: Awaited<ReturnType<typeof openStoreWithNamespaces>>;
  log?: Log;
};

/** The data plane on a real store, real processes and real HTTP parsing, for callers with whatever grants a test gives them. */
export async function startTestFunctions(options: TestFunctionsOptions = {}) {
  const clock = createFakeClock();
  const random = createSeededRandom();
  const log = options.log ?? silentLog;
  const { store, folder, stranger } = options.on ?? (await openStoreWithNamespaces());
  const runtime =
    options.runtime ??
    createRuntime({
      clock: systemClock,
      random,
      log,
      config: { ...runtimeSizeFor({ memoryMb: 8192, cores: 2 }), scratchDirectory: folder.cells },
    });
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const audit = createAudit({ clock });
  const apiHost = () => "http://127.0.0.1:3233";
  const callers = new Map<string, NamespacePrincipal>();
  /** Keys that are no more, and what is left to the others. */
  const standings = new Map<string, NamespacePrincipal | null>();
  const standing: Standing = (ref) =>
    ref.kind === "access_key" ? (standings.get(`${ref.namespaceId} ${ref.keyId}`) ?? null) : null;
  const functions = createFunctions({ store, clock, random, log, audit, runtime, limits, apiHost, standing });

  const app = createHttp({
    clock,
    random,
    log,
    authenticate: {
      token: () => {
        throw new Error("no route here takes a token");
      },
      access_key: (header) => callers.get(header ?? "") ?? principal(),
    },
    routes: functionRoutes({ functions, version: "1.2.3" }),
    openRoutes: [webActionRoute(functions)],
    rateLimits: { perHour: 1_000_000, perMinute: 1_000_000 },
    refused: () => {},
    trustProxy: false,
    verifyAnswers: true,
  });
  onTestFinished(async () => {
    functions.stopQueue();
    await functions.drain();
    await runtime.drain(0);
    await app.close();
  });

  /** Calls as a key with these grants. Paths go on from `/api/v1/namespaces`. */
  const as = (caller: NamespacePrincipal) => {
    const header = `Basic ${callers.size}`;
    callers.set(header, caller);
    standings.set(`${caller.namespaceId} ${caller.credentialId}`, caller);
    const send = async (method: "GET" | "PUT" | "POST" | "DELETE", path: string, body?: unknown) => {
      const request: InjectOptions = {
        method,
        url: `/api/v1/namespaces${path}`,
        headers: { authorization: header, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) }),
      };
      const answer = await app.inject(request);
      const json = answer.body === "" ? undefined : JSON.parse(answer.body);
      return { status: answer.statusCode, body: json, headers: answer.headers };
    };
    return {
      get: (path: string) => send("GET", path),
      put: (path: string, body?: unknown) => send("PUT", path, body),
      post: (path: string, body?: unknown) => send("POST", path, body),
      delete: (path: string) => send("DELETE", path),
    };
  };

  return { ...as(principal()), as, app, store, folder, stranger, clock, functions, runtime };
}

export type TestFunctions = Awaited<ReturnType<typeof startTestFunctions>>;
export type TestCaller = ReturnType<TestFunctions["as"]>;

/** The body of a PUT that makes an action of this source. */
export const source = (code: string, more: Record<string, unknown> = {}) => ({
  exec: { kind: "nodejs:default", code },
  ...more,
});

/** Gives back what it is called with. */
export const ECHO = source("exports.main = (args) => args;");
