import { defineGroup, type Group } from "./command.ts";
import { access } from "./commands/access/access.ts";
import { update as updateAccount } from "./commands/account/update.ts";
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
import { handOver } from "./commands/key/hand-over.ts";
import { list as listKeys } from "./commands/key/list.ts";
import { resume as resumeKey } from "./commands/key/resume.ts";
import { revokeAll } from "./commands/key/revoke-all.ts";
import { revokeFound } from "./commands/key/revoke-found.ts";
import { rotate as rotateKey } from "./commands/key/rotate.ts";
import { suspend as suspendKey } from "./commands/key/suspend.ts";
import { update as updateKey } from "./commands/key/update.ts";
import { login } from "./commands/login/login.ts";
import { logout } from "./commands/login/logout.ts";
import { whoami } from "./commands/login/whoami.ts";
import { create as createNamespace } from "./commands/namespaces/create.ts";
import { remove as deleteNamespace } from "./commands/namespaces/delete.ts";
import { get as getNamespace } from "./commands/namespaces/get.ts";
import { list as listNamespaces } from "./commands/namespaces/list.ts";
import { listRegions } from "./commands/namespaces/list-regions.ts";
import { remove as deletePackage } from "./commands/packages/delete.ts";
import { get as getPackage } from "./commands/packages/get.ts";
import { list as listPackages } from "./commands/packages/list.ts";
import { forgot } from "./commands/password/forgot.ts";
import { link as passwordLink } from "./commands/password/link.ts";
import { redeem } from "./commands/password/redeem.ts";
import { set as setPassword } from "./commands/password/set.ts";
import { presets as listPolicyPresets } from "./commands/policy/presets.ts";
import { preview as previewPolicy } from "./commands/policy/preview.ts";
import { set as setPolicy } from "./commands/policy/set.ts";
import { show as showPolicy } from "./commands/policy/show.ts";
import { deploy } from "./commands/project/deploy.ts";
import { initProjectCommand } from "./commands/project/init-project.ts";
import { undeploy } from "./commands/project/undeploy.ts";
import { watch } from "./commands/project/watch.ts";
import { init } from "./commands/server/init.ts";
import { migrate } from "./commands/server/migrate.ts";
import { serve } from "./commands/server/serve.ts";
import { create as createIdentity } from "./commands/service-identity/create.ts";
import { remove as deleteIdentity } from "./commands/service-identity/delete.ts";
import { list as listIdentities } from "./commands/service-identity/list.ts";
import { update as updateIdentity } from "./commands/service-identity/update.ts";
import { accept } from "./commands/team/accept.ts";
import { cancel } from "./commands/team/cancel.ts";
import { invitations } from "./commands/team/invitations.ts";
import { invite } from "./commands/team/invite.ts";
import { leave } from "./commands/team/leave.ts";
import { members } from "./commands/team/members.ts";
import { permissions } from "./commands/team/permissions.ts";
import { remove as removeMember } from "./commands/team/remove.ts";
import { rename as renameTeam } from "./commands/team/rename.ts";
import { resend } from "./commands/team/resend.ts";
import { restoreKeys } from "./commands/team/restore-keys.ts";
import { setRole } from "./commands/team/set-role.ts";
import { show as showTeam } from "./commands/team/show.ts";
import { create as createToken } from "./commands/token/create.ts";
import { remove as deleteToken } from "./commands/token/delete.ts";
import { list as listTokens } from "./commands/token/list.ts";
import { rename as renameToken } from "./commands/token/rename.ts";
import { create as createTrigger } from "./commands/triggers/create.ts";
import { remove as deleteTrigger } from "./commands/triggers/delete.ts";
import { disable, enable } from "./commands/triggers/enable.ts";
import { get as getTrigger } from "./commands/triggers/get.ts";
import { list as listTriggers } from "./commands/triggers/list.ts";
import { update as updateTrigger } from "./commands/triggers/update.ts";
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
    login,
    logout,
    whoami,
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
        suspend: suspendKey,
        resume: resumeKey,
        "hand-over": handOver,
        "revoke-all": revokeAll,
        "revoke-found": revokeFound,
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
    token: defineGroup({
      summary: "Create, list and delete API tokens",
      aliases: ["tokens"],
      commands: { create: createToken, list: listTokens, rename: renameToken, delete: deleteToken },
    }),
    team: defineGroup({
      summary: "See, invite and remove members, and say what they may do",
      aliases: [],
      commands: {
        show: showTeam,
        rename: renameTeam,
        members,
        permissions,
        invite,
        invitations,
        resend,
        cancel,
        accept,
        "set-role": setRole,
        remove: removeMember,
        "restore-keys": restoreKeys,
        leave,
      },
    }),
    identity: defineGroup({
      summary: "Create, list and delete service identities: users for machines, owned by the team",
      aliases: ["identities"],
      commands: { create: createIdentity, list: listIdentities, update: updateIdentity, delete: deleteIdentity },
    }),
    account: defineGroup({
      summary: "Change your name or your e-mail address",
      aliases: [],
      commands: { update: updateAccount },
    }),
    password: defineGroup({
      summary: "Set your password, or get to a new one",
      aliases: [],
      commands: { set: setPassword, forgot, redeem, link: passwordLink },
    }),
    functions: defineGroup({
      summary: "List, invoke and delete deployed functions",
      aliases: ["fn", "function"],
      commands: { list: listFunctions, get: getFunction, invoke, delete: deleteFunction },
    }),
    packages: defineGroup({
      summary: "List, show and delete packages",
      aliases: ["pkg", "package"],
      commands: { list: listPackages, get: getPackage, delete: deletePackage },
    }),
    triggers: defineGroup({
      summary: "Have functions invoked at set times",
      aliases: ["trig", "trigger"],
      commands: {
        create: createTrigger,
        list: listTriggers,
        get: getTrigger,
        update: updateTrigger,
        enable,
        disable,
        delete: deleteTrigger,
      },
    }),
    activations: defineGroup({
      summary: "See what invocations gave and logged",
      aliases: ["actv", "activation"],
      commands: { list: listActivations, get: getActivation, logs, result },
    }),
    policy: defineGroup({
      summary: "Say what is demanded of access keys",
      aliases: [],
      commands: { show: showPolicy, preview: previewPolicy, set: setPolicy, presets: listPolicyPresets },
    }),
    access,
    audit: defineGroup({
      summary: "See who did what, and prove that the record was not changed",
      aliases: [],
      commands: { list: listAuditEntries, export: exportLog, verify: verifyAuditLog, key: auditKey },
    }),
    deploy,
    watch,
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
