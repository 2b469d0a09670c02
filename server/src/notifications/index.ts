export type { TeamEvent } from "./model/events.ts";
export type { Mail, MailContent } from "./model/mails.ts";
export { createNotifications, type Notifications } from "./service/notifications.ts";
