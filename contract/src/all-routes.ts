import { getAccessHistory } from "./access-history.ts";
import {
  createServiceAccessKey,
  handOverAccessKey,
  restoreMemberKeys,
  resumeAccessKey,
  revokeFoundKey,
  revokeMemberKeys,
  revokeNamespaceKeys,
  revokeTeamKeys,
  suspendAccessKey,
} from "./access-key-life-cycle.ts";
import {
  createAccessKey,
  deleteAccessKey,
  getAccessKey,
  listAccessKeys,
  renameAccessKey,
  rotateAccessKey,
} from "./access-keys.ts";
import {
  getAccount,
  getPasswordResetPage,
  redeemPasswordReset,
  requestPasswordReset,
  setPassword,
  updateAccount,
} from "./account.ts";
import { exportAuditLog, getAuditKey, listAuditEntries, verifyAuditLog } from "./audit.ts";
import {
  acceptInvitation,
  cancelInvitation,
  createInvitation,
  getInvitationPage,
  listInvitations,
  resendInvitation,
} from "./invitations.ts";
import { getMember, listMembers, removeMember, setMemberRole } from "./members.ts";
import { createNamespace, deleteNamespace, getNamespace, getOrCreateSandbox, listNamespaces } from "./namespaces.ts";
import { deleteWebhook, getWebhook, listDeliveries, setWebhook, testWebhook } from "./notifications.ts";
import {
  deleteAction,
  deletePackagedAction,
  getAction,
  getPackagedAction,
  invokeAction,
  invokePackagedAction,
  listActions,
  listPackagedActions,
  putAction,
  putPackagedAction,
} from "./openwhisk/actions.ts";
import { getActivation, getActivationLogs, getActivationResult, listActivations } from "./openwhisk/activations.ts";
import { getInfo } from "./openwhisk/info.ts";
import { getOwnLimits, listOwnNamespaces } from "./openwhisk/namespaces.ts";
import { deletePackage, getPackage, listPackages, putPackage } from "./openwhisk/packages.ts";
import { deleteRule, getRule, listRules, putRule, setRuleStatus } from "./openwhisk/rules.ts";
import { deleteTrigger, fireTrigger, getTrigger, listTriggers, putTrigger } from "./openwhisk/triggers.ts";
import { getApiDocument, getApiPage, getApiPagePart, getHealth, getPing } from "./operations.ts";
import {
  getNamespacePolicy,
  getTeamPolicy,
  listPolicyPresets,
  previewNamespacePolicy,
  previewTeamPolicy,
  setNamespacePolicy,
  setTeamPolicy,
} from "./policy.ts";
import { previewRemoval } from "./removal-preview.ts";
import type { RouteDescription } from "./route.ts";
import { createSchedule, deleteSchedule, getSchedule, listSchedules, updateSchedule } from "./schedules.ts";
import {
  createServiceIdentity,
  createServiceIdentityToken,
  deleteServiceIdentity,
  getServiceIdentity,
  listServiceIdentities,
  updateServiceIdentity,
} from "./service-identities.ts";
import { createSession, deleteSession, listSessions } from "./sessions.ts";
import { getTeam, leaveTeam, listPermissions, listTeams, updateTeam } from "./team.ts";
import { createApiToken, deleteApiToken, getTokenInfo, listApiTokens, renameApiToken } from "./tokens.ts";

/** Routes that are about the same thing: a tag of the API document, a section of the page made from it. */
export type Chapter = { readonly title: string; readonly about: string; readonly routes: readonly RouteDescription[] };

/** Every described route, each in one chapter, in the order in which a newcomer meets them. */
export const CHAPTERS: readonly Chapter[] = [
  {
    title: "Namespaces",
    about: "Where functions live. Whoever calls the functions of a namespace needs an access key to it.",
    routes: [listNamespaces, createNamespace, getNamespace, deleteNamespace, getOrCreateSandbox],
  },
  {
    title: "Access keys",
    about: "A person's own credential for one namespace: named, expiring, revocable. Its secret is shown once.",
    routes: [
      ...[createAccessKey, listAccessKeys, getAccessKey, renameAccessKey, rotateAccessKey, deleteAccessKey],
      ...[suspendAccessKey, resumeAccessKey, handOverAccessKey, createServiceAccessKey],
      ...[revokeMemberKeys, revokeNamespaceKeys, revokeTeamKeys, restoreMemberKeys, revokeFoundKey],
    ],
  },
  {
    title: "Scheduled triggers",
    about: "Functions that are called at set times, each in the name of whoever changed its schedule last.",
    routes: [listSchedules, createSchedule, getSchedule, updateSchedule, deleteSchedule],
  },
  {
    title: "API tokens",
    about: "What people and machines present to manage namespaces and access keys.",
    routes: [createApiToken, listApiTokens, renameApiToken, deleteApiToken, getTokenInfo],
  },
  {
    title: "Team",
    about: "People who own namespaces together, what each of them may do, and how they come and go.",
    routes: [
      ...[getTeam, updateTeam, listTeams, listPermissions],
      ...[listMembers, getMember, setMemberRole, previewRemoval, removeMember, leaveTeam],
      ...[createInvitation, listInvitations, resendInvitation, cancelInvitation, acceptInvitation, getInvitationPage],
    ],
  },
  {
    title: "Service identities",
    about: "Users that the team itself owns, for machines that must outlive any person; somebody answers for each.",
    routes: [
      ...[createServiceIdentity, listServiceIdentities, getServiceIdentity, updateServiceIdentity],
      ...[deleteServiceIdentity, createServiceIdentityToken],
    ],
  },
  {
    title: "Account",
    about: "Who you are, your password, and where you are signed in. A session's secret is sent as an API token is.",
    routes: [
      ...[createSession, listSessions, deleteSession, getAccount, updateAccount],
      ...[setPassword, requestPasswordReset, redeemPasswordReset, getPasswordResetPage],
    ],
  },
  {
    title: "Access",
    about: "Who could call a namespace, now and at any time before.",
    routes: [getAccessHistory],
  },
  {
    title: "Policy",
    about: "What a team demands of access keys, everywhere or in one namespace; of the two the stricter counts.",
    routes: [
      ...[getTeamPolicy, listPolicyPresets, previewTeamPolicy, setTeamPolicy],
      ...[getNamespacePolicy, previewNamespacePolicy, setNamespacePolicy],
    ],
  },
  {
    title: "Webhook",
    about:
      "Where a team's events are sent, signed, so that other programs learn of keys that end and people who leave.",
    routes: [setWebhook, getWebhook, deleteWebhook, testWebhook, listDeliveries],
  },
  {
    title: "Connection",
    about: "What an access key opens, and what this server can run. The data plane begins here.",
    routes: [getInfo, listOwnNamespaces, getOwnLimits],
  },
  {
    title: "Functions",
    about: "Deploying, reading and invoking functions; OpenWhisk calls them actions.",
    routes: [
      ...[listActions, putAction, getAction, invokeAction, deleteAction],
      ...[listPackagedActions, putPackagedAction, getPackagedAction, invokePackagedAction, deletePackagedAction],
    ],
  },
  {
    title: "Packages",
    about: "Functions that belong together, with parameters they share.",
    routes: [listPackages, putPackage, getPackage, deletePackage],
  },
  {
    title: "Triggers and rules",
    about: "Having functions run when something happens: a trigger is fired, and its rules say what runs.",
    routes: [
      ...[listTriggers, putTrigger, getTrigger, fireTrigger, deleteTrigger],
      ...[listRules, putRule, getRule, setRuleStatus, deleteRule],
    ],
  },
  {
    title: "Activations",
    about: "What became of an invocation: its result, its logs, and whose key asked for it.",
    routes: [listActivations, getActivation, getActivationLogs, getActivationResult],
  },
  {
    title: "Audit",
    about:
      "Who did what, to which thing, when and through which credential. Each entry holds the hash of the one before.",
    routes: [listAuditEntries, exportAuditLog, verifyAuditLog, getAuditKey],
  },
  {
    title: "Operations",
    about: "What any server answers to anybody: that it is up, and what this page says.",
    routes: [getHealth, getPing, getApiDocument, getApiPage, getApiPagePart],
  },
];

/** Every described route. */
export const ALL_ROUTES: readonly RouteDescription[] = CHAPTERS.flatMap(({ routes }) => routes);
