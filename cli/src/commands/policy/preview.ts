import { defineCommand } from "../../command.ts";
import { changedPolicy, changeOptions, graceDays } from "./change-options.ts";
import { TOUCHED_COLUMNS, touchedRows } from "./columns.ts";
import { findPreset, reachPolicy } from "./reach.ts";
import { tellEffects } from "./tell-effects.ts";

export const preview = defineCommand({
  summary: "See which keys a stricter policy would touch, and how",
  about: "Nothing is changed. `latchkey policy set` with the same options does it.",
  examples: [
    "latchkey policy preview --preset cis",
    "latchkey policy preview --namespace demo --allow-network 203.0.113.0/24",
  ],
  options: changeOptions,
  async run(context, { options }) {
    const controlPlane = context.controlPlane();
    const reach = await reachPolicy(controlPlane, options.namespace);
    const preset = await findPreset(controlPlane, options.preset);
    const policy = changedPolicy((await reach.get()).policy, preset, options);
    const grace = graceDays(options);
    const changed = await reach.preview({ policy, ...(grace !== undefined && { grace_days: grace }) });
    tellEffects(context, changed);
    return changed;
  },
  show: { columns: TOUCHED_COLUMNS, rows: touchedRows },
});
