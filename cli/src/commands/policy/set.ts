import { defineCommand } from "../../command.ts";
import type { Context } from "../../context.ts";
import { CliError } from "../../failure.ts";
import { counted } from "../../output/counted.ts";
import { changedPolicy, changeOptions, graceDays } from "./change-options.ts";
import { TOUCHED_COLUMNS, touchedRows } from "./columns.ts";
import { type Changed, findPreset, reachPolicy } from "./reach.ts";
import { tellEffects } from "./tell-effects.ts";

export const set = defineCommand({
  summary: "Change what is demanded of access keys",
  about:
    "Rules that are not given stay as they are. Keys that would live too long end earlier, after the grace at the earliest; which ones, the table says. Loosening a policy gives no key anything back.",
  examples: [
    ["latchkey policy set --preset cis", "unused after 45 days: suspended; at most 90 days old"],
    "latchkey policy set --longest-lifetime 90d --grace 14d",
    "latchkey policy set --namespace demo --allow-network 203.0.113.0/24 --allow-network 2001:db8::/32",
    ["latchkey policy set --suspend-unused none", "lift a rule"],
  ],
  options: {
    ...changeOptions,
    force: { kind: "flag", short: "f", about: "do it without asking, whatever keys it touches" },
  },
  async run(context, { options }) {
    const controlPlane = context.controlPlane();
    const reach = await reachPolicy(controlPlane, options.namespace);
    const preset = await findPreset(controlPlane, options.preset);
    const policy = changedPolicy((await reach.get()).policy, preset, options);
    const grace = graceDays(options);
    const change = { policy, ...(grace !== undefined && { grace_days: grace }) };
    if (!options.force) await confirmEffects(context, await reach.preview(change));
    const changed = await reach.set(change);
    context.say("Policy set.");
    tellEffects(context, changed);
    return changed;
  },
  show: { columns: TOUCHED_COLUMNS, rows: touchedRows },
});

/**
 * Lets the user think again before keys are touched.
 * @throws CliError unless none is, or there is a yes
 */
async function confirmEffects({ prompts }: Context, { effects }: Changed): Promise<void> {
  const { length: touched } = effects.keys;
  if (touched === 0) return;
  if (prompts !== null && (await prompts.confirm(`This touches ${counted(touched, "access key")}. Set the policy?`)))
    return;
  throw new CliError(`the policy would touch ${counted(touched, "access key")}; not confirmed, doing nothing`, [
    "See which ones, and how: latchkey policy preview, with the same options",
    "If you are sure, add --force",
  ]);
}
