export { accessKeyRoutes } from "./routes.ts";
export { type AccessKeys, createAccessKeys } from "./service.ts";
