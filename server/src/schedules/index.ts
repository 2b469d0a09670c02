export { scheduleRoutes } from "./routes.ts";
export { createSchedules } from "./service.ts";
