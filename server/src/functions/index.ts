export { DEFAULT_LIMITS, type FunctionLimits } from "./model/limits.ts";
export { functionRoutes } from "./routes/function-routes.ts";
export { webActionRoute } from "./routes/web-actions.ts";
export { createFunctions } from "./service/functions.ts";
