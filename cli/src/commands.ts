import { defineGroup, type Group } from "./command.ts";
import { get as getActivation } from "./commands/activations/get.ts";
import { list as listActivations } from "./commands/activations/list.ts";
import { logs } from "./commands/activations/logs.ts";
import { result } from "./commands/activations/result.ts";
import { exportLog } from "./commands/audit/export.ts";
import { key as auditKey } from "./commands/audit/key.ts";
import { list as listAuditEntries } from "./commands/audit/list.ts";
import { verify as verifyAuditLog } from "./commands/audit/verify.ts";
import { createComplete } from "./commands/completion/complete.ts";
import { completion } from "./commands/completion/completion.ts";
import { connect } from "./commands/connections/connect.ts";
import { forget } from "./commands/connections/forget.ts";
import { list as listConnections } from "./commands/connections/list.ts";
import { status } from "./commands/connections/status.ts";
import { use } from "./commands/connections/use.ts";
import { remove as deleteFunction } from "./commands/functions/delete.ts";
import { get as getFunction } from "./commands/functions/get.ts";
import { invoke } from "./commands/functions/invoke.ts";
import { list as listFunctions } from "./commands/functions/list.ts";
import { create as createKey } from "./commands/key/create.ts";
import { remove as deleteKey } from "./commands/key/delete.ts";
import { get as getKey } from "./commands/key/get.ts";
import { list as listKeys } from "./commands/key/list.ts";
import { rotate as rotateKey } from "./commands/key/rotate.ts";
import { update as updateKey } from "./commands/key/update.ts";
import { create as createNamespace } from "./commands/namespaces/create.ts";
import { remove as deleteNamespace } from "./commands/namespaces/delete.ts";
import { get as getNamespace } from "./commands/namespaces/get.ts";
import { list as listNamespaces } from "./commands/namespaces/list.ts";
import { listRegions } from "./commands/namespaces/list-regions.ts";
import { deploy } from "./commands/project/deploy.ts";
import { initProjectCommand } from "./commands/project/init-project.ts";
import { undeploy } from "./commands/project/undeploy.ts";
import { init } from "./commands/server/init.ts";
import { migrate } from "./commands/server/migrate.ts";
import { serve } from "./commands/server/serve.ts";
import { remove as deleteWebhook } from "./commands/webhook/delete.ts";
import { deliveries } from "./commands/webhook/deliveries.ts";
import { set as setWebhook } from "./commands/webhook/set.ts";
import { show as showWebhook } from "./commands/webhook/show.ts";
import { test as testWebhook } from "./commands/webhook/test.ts";

/** Every command, by its name, in the order of `latchkey --help`. */
export const COMMANDS: Group = defineGroup({
  summary: "Serverless functions in which every caller is somebody",
  aliases: [],
  commands: {
    serve,
    init,
    migrate,
    status,
    connect,
    connections: defineGroup({
      summary: "Change between the namespaces you connected to",
      aliases: ["connection"],
      commands: { list: listConnections, use, forget },
    }),
    namespaces: defineGroup({
      summary: "Create, list and delete namespaces",
      aliases: ["ns", "namespace"],
      commands: {
        create: createNamespace,
        list: listNamespaces,
        get: getNamespace,
        delete: deleteNamespace,
        "list-regions": listRegions,
      },
    }),
    key: defineGroup({
      summary: "Create, list and revoke access keys",
      aliases: ["keys"],
      commands: {
        create: createKey,
        list: listKeys,
        get: getKey,
        update: updateKey,
        rotate: rotateKey,
        delete: deleteKey,
      },
    }),
    webhook: defineGroup({
      summary: "Send the team's events to a webhook",
      aliases: ["webhooks"],
      commands: {
        set: setWebhook,
        show: showWebhook,
        test: testWebhook,
        deliveries,
        delete: deleteWebhook,
      },
    }),
    functions: defineGroup({
      summary: "List, invoke and delete deployed functions",
      aliases: ["fn", "function"],
      commands: { list: listFunctions, get: getFunction, invoke, delete: deleteFunction },
    }),
    activations: defineGroup({
      summary: "See what invocations gave and logged",
      aliases: ["actv", "activation"],
      commands: { list: listActivations, get: getActivation, logs, result },
    }),
    audit: defineGroup({
      summary: "See who did what, and prove that the record was not changed",
      aliases: [],
      commands: { list: listAuditEntries, export: exportLog, verify: verifyAuditLog, key: auditKey },
    }),
    deploy,
    undeploy,
    "init-project": initProjectCommand,
    completion,
  },
});

/** What is accepted but not advertised: doctl's prefix, and what completion scripts call. */
export const HIDDEN_COMMANDS: Group = defineGroup({
  summary: "",
  aliases: [],
  commands: {
    serverless: defineGroup({ ...COMMANDS, aliases: ["sls", "sbx", "sandbox"] }),
    complete: createComplete(COMMANDS),
  },
});
