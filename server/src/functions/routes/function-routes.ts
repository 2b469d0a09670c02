import type { BoundRoute } from "../../http/call.ts";
import type { Functions } from "../service/functions.ts";
import { actionRoutes } from "./actions.ts";
import { activationRoutes } from "./activations.ts";
import { infoRoutes } from "./info.ts";
import { invocationRoutes } from "./invocations.ts";
import { packageRoutes } from "./packages.ts";
import { ruleRoutes } from "./rules.ts";
import { firingRoutes, triggerRoutes } from "./triggers.ts";

/** What functions and triggers are called with is bounded by the operator. */
const bounded = (routes: readonly BoundRoute[], { limits }: Functions): BoundRoute[] =>
  routes.map((bound) => ({ ...bound, route: { ...bound.route, bodyLimitBytes: limits.payloadBytes } }));

/** The data plane, OpenWhisk's API below `/api/v1`. */
export const functionRoutes = ({ functions, version }: { functions: Functions; version: string }): BoundRoute[] => [
  ...infoRoutes({ ...functions, version }),
  ...actionRoutes(functions),
  ...bounded(invocationRoutes(functions), functions),
  ...packageRoutes(functions),
  ...triggerRoutes(functions),
  ...bounded(firingRoutes(functions), functions),
  ...ruleRoutes(functions),
  ...activationRoutes(functions),
];
