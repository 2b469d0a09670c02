import { Cron } from "croner";

/** Whether text is a schedule of five fields, without nicknames like `@daily`: what the control API takes. */
export function isSchedule(text: string): boolean {
  if (text.trim().startsWith("@")) return false;
  try {
    new Cron(text, { mode: "5-part", paused: true });
    return true;
  } catch {
    return false;
  }
}
