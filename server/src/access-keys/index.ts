export { accessKeyRoutes } from "./routes/access-key-routes.ts";
export { type AccessKeys, createAccessKeys } from "./service/access-keys.ts";
