export { accessHistoryRoutes } from "./routes/access-history.ts";
export { accessKeyRoutes } from "./routes/access-key-routes.ts";
export { removalPreviewRoutes } from "./routes/removal-preview.ts";
export { createAccessKeys } from "./service/access-keys.ts";
export { createAccessHistory } from "./service/history.ts";
export { createRemovalPreview } from "./service/removal-preview.ts";
