import { getInfo, type RuntimeShape } from "@latchkey/contract/openwhisk/info";
import { getOwnLimits, listOwnNamespaces } from "@latchkey/contract/openwhisk/namespaces";
import { type BoundRoute, implement } from "../../http/call.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import type { RuntimeKind } from "../../runtime/index.ts";
import { requireOwnNamespace } from "../model/access.ts";
import { CONCURRENCY, RESULT_BYTES_MAX } from "../model/limits.ts";
import type { Functions } from "../service/functions.ts";
import { alsoAt, collection } from "./collections.ts";

const MEGABYTE = 1_048_576;

/** What the server is, and what applies to the caller's namespace: only limits that are enforced are told. */
export function infoRoutes({
  kinds,
  limits,
  version,
}: Pick<Functions, "kinds" | "limits"> & { version: string }): BoundRoute[] {
  const { timeoutMs, memoryMb, logsMb } = limits;
  const info = implement<null, typeof getInfo>(getInfo, () => ({
    status: 200,
    body: {
      description: "OpenWhisk",
      api_paths: ["/api/v1"],
      api_version: "1.0.0",
      api_version_path: "v1",
      buildno: version,
      swagger_paths: { ui: "/docs/api", "api-docs": "/openapi.json" },
      limits: {
        actions_per_minute: limits.invocationsPerMinute,
        triggers_per_minute: limits.firesPerMinute,
        concurrent_actions: limits.concurrentInvocations,
        sequence_length: limits.sequenceLength,
        default_min_action_duration: timeoutMs.min,
        default_max_action_duration: timeoutMs.max,
        default_min_action_memory: memoryMb.min * MEGABYTE,
        default_max_action_memory: memoryMb.max * MEGABYTE,
        default_min_action_logs: logsMb.min * MEGABYTE,
        default_max_action_logs: logsMb.max * MEGABYTE,
        min_action_duration: timeoutMs.min,
        max_action_duration: timeoutMs.max,
        min_action_memory: memoryMb.min * MEGABYTE,
        max_action_memory: memoryMb.max * MEGABYTE,
        min_action_logs: logsMb.min * MEGABYTE,
        max_action_logs: logsMb.max * MEGABYTE,
      },
      runtimes: byFamily(kinds),
    },
  }));

  return [
    ...collection(info),
    alsoAt(info, "/"),
    ...collection(
      implement<NamespacePrincipal, typeof listOwnNamespaces>(listOwnNamespaces, ({ caller }) => ({
        status: 200,
        body: [caller.namespaceId],
      })),
    ),
    implement<NamespacePrincipal, typeof getOwnLimits>(getOwnLimits, ({ caller, params }) => {
      requireOwnNamespace(caller, params.namespace, null);
      return {
        status: 200,
        body: {
          invocationsPerMinute: limits.invocationsPerMinute,
          concurrentInvocations: limits.concurrentInvocations,
          firesPerMinute: limits.firesPerMinute,
          maxActionInstances: limits.concurrentInvocations,
          minActionMemory: memoryMb.min,
          maxActionMemory: memoryMb.max,
          minActionLogs: logsMb.min,
          maxActionLogs: logsMb.max,
          minActionTimeout: timeoutMs.min,
          maxActionTimeout: timeoutMs.max,
          minActionConcurrency: CONCURRENCY,
          maxActionConcurrency: CONCURRENCY,
          maxParameterSize: `${limits.parametersBytes} B`,
          maxPayloadSize: `${limits.payloadBytes} B`,
          truncationSize: `${RESULT_BYTES_MAX} B`,
          storeActivations: true,
          allowedKinds: kinds.map(({ kind }) => kind),
        },
      };
    }),
  ];
}

function byFamily(kinds: readonly RuntimeKind[]): Record<string, RuntimeShape[]> {
  const families: Record<string, RuntimeShape[]> = {};
  for (const { family, ...runtime } of kinds) families[family] = [...(families[family] ?? []), runtime];
  return families;
}
