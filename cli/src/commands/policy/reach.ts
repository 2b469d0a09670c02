import {
  getNamespacePolicy,
  getTeamPolicy,
  listPolicyPresets,
  type PolicyInput,
  type PresetRules,
  previewNamespacePolicy,
  previewTeamPolicy,
  setNamespacePolicy,
  setTeamPolicy,
} from "@latchkey/contract/policy";
import type { RouteAnswer } from "@latchkey/contract/route";
import type { ControlPlane } from "../../api.ts";
import { CliError } from "../../failure.ts";
import { needNamespace } from "../namespaces/find-namespace.ts";

export type Standing = RouteAnswer<typeof getTeamPolicy>["body"];
export type Changed = RouteAnswer<typeof setTeamPolicy>["body"];
type Change = { readonly policy: PolicyInput; readonly grace_days?: number };

/** The policy of the team, or of the namespace that was named. */
export type PolicyReach = {
  get(): Promise<Standing>;
  preview(change: Change): Promise<Changed>;
  set(change: Change): Promise<Changed>;
};

export async function reachPolicy(controlPlane: ControlPlane, namespace: string | undefined): Promise<PolicyReach> {
  if (namespace === undefined) {
    return {
      get: async () => (await controlPlane.call(getTeamPolicy)).body,
      preview: async (body) => (await controlPlane.call(previewTeamPolicy, { body })).body,
      set: async (body) => (await controlPlane.call(setTeamPolicy, { body })).body,
    };
  }
  const params = { namespace_id: (await needNamespace(controlPlane, namespace)).namespace };
  return {
    get: async () => (await controlPlane.call(getNamespacePolicy, { params })).body,
    preview: async (body) => (await controlPlane.call(previewNamespacePolicy, { params, body })).body,
    set: async (body) => (await controlPlane.call(setNamespacePolicy, { params, body })).body,
  };
}

/** The rules of a preset; none if none was named. */
export async function findPreset(controlPlane: ControlPlane, name: string | undefined): Promise<Partial<PresetRules>> {
  if (name === undefined) return {};
  const { presets } = (await controlPlane.call(listPolicyPresets)).body;
  const found = presets.find((preset) => preset.name === name);
  if (found !== undefined) return found.policy;
  throw new CliError(`there is no preset '${name}'`, ["See what there is: latchkey policy presets"]);
}
