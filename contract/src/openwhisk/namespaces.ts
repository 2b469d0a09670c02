import { z } from "zod";
import { route } from "../route.ts";
import { dataPlane, NAMESPACE_PATH, NamespaceParams } from "./shapes.ts";

/** Always exactly one: an access key is good for one namespace. */
export const listOwnNamespaces = route({
  ...dataPlane,
  id: "ownNamespace.list",
  summary: "Name the access key's namespace",
  method: "GET",
  path: "/api/v1/namespaces",
  answers: { 200: z.array(z.string()).length(1) },
  errors: [],
});

export const getOwnLimits = route({
  ...dataPlane,
  id: "ownNamespace.limits",
  summary: "Get the limits that apply to the namespace",
  method: "GET",
  path: `${NAMESPACE_PATH}/limits`,
  params: NamespaceParams,
  answers: {
    200: z
      .object({
        invocationsPerMinute: z.int(),
        concurrentInvocations: z.int(),
        firesPerMinute: z.int(),
        maxActionInstances: z.int(),
        minActionMemory: z.int(),
        maxActionMemory: z.int(),
        minActionLogs: z.int(),
        maxActionLogs: z.int(),
        minActionTimeout: z.int(),
        maxActionTimeout: z.int(),
        minActionConcurrency: z.int(),
        maxActionConcurrency: z.int(),
        maxParameterSize: z.string(),
        maxPayloadSize: z.string(),
        truncationSize: z.string(),
        storeActivations: z.boolean(),
        allowedKinds: z.array(z.string()),
      })
      .meta({ id: "NamespaceLimits", description: "Megabytes, milliseconds, and sizes with their unit." }),
  },
  errors: [400, 403],
});
