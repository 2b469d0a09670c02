import {
  createAccessKey,
  deleteAccessKey,
  getAccessKey,
  listAccessKeys,
  renameAccessKey,
  rotateAccessKey,
} from "./access-keys.ts";
import { getTokenInfo } from "./identity.ts";
import { createNamespace, deleteNamespace, getNamespace, getOrCreateSandbox, listNamespaces } from "./namespaces.ts";
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
import { getApiDocument, getApiPage, getApiPagePart, getHealth } from "./operations.ts";
import type { RouteDescription } from "./route.ts";
import { createSchedule, deleteSchedule, getSchedule, listSchedules, updateSchedule } from "./schedules.ts";

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
    routes: [createAccessKey, listAccessKeys, getAccessKey, renameAccessKey, rotateAccessKey, deleteAccessKey],
  },
  {
    title: "Scheduled triggers",
    about: "Functions that are called at set times, each in the name of whoever changed its schedule last.",
    routes: [listSchedules, createSchedule, getSchedule, updateSchedule, deleteSchedule],
  },
  {
    title: "API tokens",
    about: "What people and machines present to manage namespaces and access keys.",
    routes: [getTokenInfo],
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
    title: "Operations",
    about: "What any server answers to anybody: that it is up, and what this page says.",
    routes: [getHealth, getApiDocument, getApiPage, getApiPagePart],
  },
];

/** Every described route. */
export const ALL_ROUTES: readonly RouteDescription[] = CHAPTERS.flatMap(({ routes }) => routes);
