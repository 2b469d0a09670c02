import { createSchedule, deleteSchedule, listSchedules } from "@latchkey/contract/schedules";
import type { ControlPlane } from "./api.ts";
import type { Context } from "./context.ts";
import type { TriggerApi, UndeployTriggerApi } from "./project/index.ts";

/** What deploying and undeploying need of a namespace's schedules, over the control plane. */
export function createTriggerApi(controlPlane: ControlPlane, namespace_id: string): TriggerApi & UndeployTriggerApi {
  const params = { namespace_id };
  return {
    async listTriggers() {
      return (await controlPlane.call(listSchedules, { params })).body.triggers;
    },
    async deleteTrigger(name) {
      await controlPlane.call(deleteSchedule, { params: { ...params, trigger_name: name } });
    },
    async createTrigger(body) {
      await controlPlane.call(createSchedule, { params, body });
    },
  };
}

/** The same for who may do without: null where no API token is set. */
export const createTriggerApiIfAllowed = (
  { config, controlPlane }: Pick<Context, "config" | "controlPlane">,
  namespace: string,
): (TriggerApi & UndeployTriggerApi) | null =>
  config.token === null ? null : createTriggerApi(controlPlane(), namespace);
