export type { MailContent } from "./model/mails.ts";
export { notificationRoutes } from "./routes.ts";
export { createNotifications, type Notifications } from "./service/notifications.ts";
export type { MailServer } from "./service/send-mail.ts";
