export { accessKeyRoutes } from "./routes.ts";
export { createAccessKeys } from "./service.ts";
