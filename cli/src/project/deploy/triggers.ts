import type { ProjectFunction } from "../model.ts";
import type { TriggerApi } from "./api.ts";
import type { TriggerResult } from "./report.ts";

const NO_TOKEN = "schedules need an API token beside the access key; set LATCHKEY_TOKEN and deploy again";

/**
 * Creates a function's schedules. The control API has no "create or replace", so the former one is deleted first, and
 * it not being there is no failure (openwhisk-api 12.6).
 */
export async function deployTriggers(
  { qualifiedName, triggers }: ProjectFunction,
  api: TriggerApi | null,
  reasonOf: (cause: unknown) => string,
): Promise<TriggerResult[]> {
  const results: TriggerResult[] = [];
  for (const { name, enabled, cron, body } of triggers) {
    if (api === null) {
      results.push({ name, outcome: "failed", reason: `The trigger '${name}' was not created: ${NO_TOKEN}` });
      continue;
    }
    try {
      await api.deleteTrigger(name).catch(() => undefined);
      await api.createTrigger({
        name,
        function: qualifiedName,
        type: "SCHEDULED",
        is_enabled: enabled,
        scheduled_details: { cron, body },
      });
      results.push({ name, outcome: "deployed" });
    } catch (cause) {
      const reason = `The trigger '${name}' was not created: the control API refused it (${reasonOf(cause)})`;
      results.push({ name, outcome: "failed", reason });
    }
  }
  return results;
}
