import type { BoundRoute } from "../../http/call.ts";
import type { Functions } from "../service/functions.ts";
import { actionRoutes } from "./actions.ts";
import { activationRoutes } from "./activations.ts";
import { infoRoutes } from "./info.ts";
import { invocationRoutes } from "./invocations.ts";
import { packageRoutes } from "./packages.ts";
import { ruleRoutes } from "./rules.ts";
import { triggerRoutes } from "./triggers.ts";

/** The data plane, OpenWhisk's API below `/api/v1`. */
export const functionRoutes = ({ functions, version }: { functions: Functions; version: string }): BoundRoute[] => [
  ...infoRoutes({ ...functions, version }),
  ...actionRoutes(functions),
  ...invocationRoutes(functions),
  ...packageRoutes(functions),
  ...triggerRoutes(functions),
  ...ruleRoutes(functions),
  ...activationRoutes(functions),
];
