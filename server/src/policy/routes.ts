import {
  getNamespacePolicy,
  getTeamPolicy,
  listPolicyPresets,
  POLICY_PRESETS,
  type PolicyEffects,
  type PolicyInput,
  previewNamespacePolicy,
  previewTeamPolicy,
  setNamespacePolicy,
  setTeamPolicy,
} from "@latchkey/contract/policy";
import { type BoundRoute, implement } from "../http/call.ts";
import type { TeamPrincipal } from "../identity/index.ts";
import type { EpochMs } from "../kernel/clock.ts";
import { toTimestamp } from "../kernel/timestamp.ts";
import type { Namespaces } from "../namespaces/index.ts";
import { policyErrors } from "./errors.ts";
import { DAY_MS, describePolicy, type Effect, type Policy, parseNetworks, type Scope } from "./model.ts";
import type { Effects, PolicyRoom, Standing } from "./service.ts";

function parsePolicy(input: PolicyInput): Policy {
  const networks = input.allowed_networks === null ? null : parseNetworks(input.allowed_networks);
  if (networks === undefined) throw policyErrors.bad_network();
  return {
    longestLifetimeDays: input.longest_lifetime_days,
    neverAllowed: input.never_allowed,
    mostKeysPerPerson: input.most_keys_per_person,
    suspendUnusedDays: input.suspend_unused_days,
    allowedNetworks: networks,
    serviceKeys: input.service_keys,
  };
}

const orNull = (instant: EpochMs | null): string | null => (instant === null ? null : toTimestamp(instant));

const standingShape = ({ policy, inForce, updatedAt }: Standing) => ({
  policy: describePolicy(policy),
  in_force: describePolicy(inForce),
  updated_at: orNull(updatedAt),
});

function effectShape(effect: Effect): PolicyEffects["keys"][number]["effects"][number] {
  switch (effect.kind) {
    case "expiry_shortened":
      return { kind: effect.kind, expires_at: toTimestamp(effect.expiresAt) };
    case "suspended_by_next_sweep":
      return { kind: effect.kind, unused_since: toTimestamp(effect.unusedSince) };
    case "last_address_refused":
      return { kind: effect.kind, address: effect.address, last_used_at: toTimestamp(effect.lastUsedAt) };
    case "no_network_left":
      return { kind: effect.kind };
  }
}

const changedShape = ({ standing, effects }: { standing: Standing; effects: Effects }) => ({
  ...standingShape(standing),
  effects: {
    keys: effects.keys.map(({ key, lastUse, effects: ofKey }) => ({
      id: key.id,
      name: key.name,
      namespace_id: key.namespaceId,
      owner: key.owner,
      expires_at: orNull(key.expiresAt),
      last_used_at: orNull(lastUse?.at ?? null),
      effects: ofKey.map(effectShape),
    })),
    people_above_most_keys: [...effects.peopleAboveMost],
  },
});

export function policyRoutes({ policy, namespaces }: { policy: PolicyRoom; namespaces: Namespaces }): BoundRoute[] {
  const teamScope = ({ teamId }: TeamPrincipal): Scope => ({ teamId, namespaceId: null });
  const namespaceScope = async (caller: TeamPrincipal, id: string): Promise<Scope> => ({
    teamId: caller.teamId,
    namespaceId: (await namespaces.require(caller, id)).id,
  });
  const preview = async (scope: Scope, body: { policy: PolicyInput; grace_days: number }) =>
    changedShape(await policy.preview(scope, parsePolicy(body.policy), body.grace_days * DAY_MS));

  return [
    implement<TeamPrincipal, typeof getTeamPolicy>(getTeamPolicy, async ({ caller }) => ({
      status: 200,
      body: standingShape(await policy.get(teamScope(caller))),
    })),
    implement<TeamPrincipal, typeof listPolicyPresets>(listPolicyPresets, () => ({
      status: 200,
      body: { presets: [...POLICY_PRESETS] },
    })),
    implement<TeamPrincipal, typeof previewTeamPolicy>(previewTeamPolicy, async (call) => ({
      status: 200,
      body: await preview(teamScope(call.caller), call.body()),
    })),
    implement<TeamPrincipal, typeof setTeamPolicy>(setTeamPolicy, async (call) => {
      const { policy: input, grace_days } = call.body();
      const changed = await policy.set(
        call.caller,
        teamScope(call.caller),
        parsePolicy(input),
        grace_days * DAY_MS,
        call,
      );
      return { status: 200, body: changedShape(changed) };
    }),

    implement<TeamPrincipal, typeof getNamespacePolicy>(getNamespacePolicy, async ({ caller, params }) => ({
      status: 200,
      body: standingShape(await policy.get(await namespaceScope(caller, params.namespace_id))),
    })),
    implement<TeamPrincipal, typeof previewNamespacePolicy>(previewNamespacePolicy, async (call) => {
      const scope = await namespaceScope(call.caller, call.params.namespace_id);
      return { status: 200, body: await preview(scope, call.body()) };
    }),
    implement<TeamPrincipal, typeof setNamespacePolicy>(setNamespacePolicy, async (call) => {
      const scope = await namespaceScope(call.caller, call.params.namespace_id);
      const { policy: input, grace_days } = call.body();
      const changed = await policy.set(call.caller, scope, parsePolicy(input), grace_days * DAY_MS, call);
      return { status: 200, body: changedShape(changed) };
    }),
  ];
}
