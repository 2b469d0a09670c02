export { accessHistoryRoutes } from "./routes/access-history.ts";
export { accessKeyRoutes } from "./routes/access-key-routes.ts";
export { type AccessKeys, createAccessKeys } from "./service/access-keys.ts";
export { createAccessHistory } from "./service/history.ts";
