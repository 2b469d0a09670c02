import { revokeMemberKeys, revokeNamespaceKeys, revokeTeamKeys } from "@latchkey/contract/access-key-life-cycle";
import type { ControlPlane } from "../../api.ts";
import { defineCommand } from "../../command.ts";
import { confirmDeletion } from "../../confirm-deletion.ts";
import { UsageError } from "../../failure.ts";
import { readableTimestamp } from "../../output/timestamp.ts";
import { needNamespace } from "../namespaces/find-namespace.ts";
import { findIdentity } from "../service-identity/find.ts";
import { findMember } from "../team/find.ts";
import { KEY_IN_TEAM_COLUMNS, summarise } from "./keys-in-team.ts";

type Chosen = {
  readonly member: string | undefined;
  readonly identity: string | undefined;
  readonly namespace: string | undefined;
  readonly team: boolean;
};

/** Whose keys, in words, and how to ask for their end. */
async function choose(client: ControlPlane, { member, identity, namespace, team }: Chosen) {
  if ([member, identity, namespace, team || undefined].filter((one) => one !== undefined).length !== 1)
    throw new UsageError(
      "whose keys is not clear",
      "Say one of --member <member>, --identity <identity>, --namespace <namespace>, --team",
    );
  if (member !== undefined) {
    const { id: member_id, name } = await findMember(client, member);
    return {
      whose: name,
      revoke: (dry_run: boolean) => client.call(revokeMemberKeys, { params: { member_id }, body: { dry_run } }),
    };
  }
  if (identity !== undefined) {
    const { id: member_id, name } = await findIdentity(client, identity);
    return {
      whose: name,
      revoke: (dry_run: boolean) => client.call(revokeMemberKeys, { params: { member_id }, body: { dry_run } }),
    };
  }
  if (namespace !== undefined) {
    const { namespace: namespace_id, label } = await needNamespace(client, namespace);
    return {
      whose: `namespace ${label}`,
      revoke: (dry_run: boolean) => client.call(revokeNamespaceKeys, { params: { namespace_id }, body: { dry_run } }),
    };
  }
  return { whose: "the team", revoke: (dry_run: boolean) => client.call(revokeTeamKeys, { body: { dry_run } }) };
}

export const revokeAll = defineCommand({
  summary: "Revoke every access key of a member, a namespace or the team, at once and for good",
  about:
    "One change, however many keys there are: the very next request under any of them is refused. Keys that are created afterwards are not touched. For owners of the team.",
  examples: [
    "latchkey key revoke-all --member grace@example.com --dry-run",
    "latchkey key revoke-all --namespace demo",
    "latchkey key revoke-all --team",
  ],
  options: {
    member: { kind: "text", value: "member", about: "address, id or name of the member whose keys are to end" },
    identity: { kind: "text", value: "identity", about: "name or id of the service identity whose keys are to end" },
    namespace: { kind: "text", value: "namespace", about: "label or id of the namespace whose keys are to end" },
    team: { kind: "flag", about: "all keys of the team" },
    dryRun: { kind: "flag", about: "only show which keys that would be" },
    force: { kind: "flag", short: "f", about: "revoke them without asking" },
  },
  async run(context, { options }) {
    const { whose, revoke } = await choose(context.controlPlane(), options);
    if (!options.force || options.dryRun) {
      const { body } = await revoke(true);
      if (!body.dry_run || options.dryRun || body.count === 0) {
        if (body.dry_run) context.say(`All of ${whose}: ${summarise(body.count, body.access_keys)}.`);
        return body;
      }
      context.warn("Revoking access keys is a permanent action.");
      const question = `Are you sure you want to revoke all of ${whose}: ${summarise(body.count, body.access_keys)}`;
      await confirmDeletion(context, { force: false, what: `all keys of ${whose}`, question, act: "revocation" });
    }
    const { body } = await revoke(false);
    if (!body.dry_run)
      context.say(`All access keys of ${whose} have been revoked at ${readableTimestamp(body.revoked_at)}.`);
    return body;
  },
  show: ({ options }) =>
    options.dryRun
      ? { columns: KEY_IN_TEAM_COLUMNS, rows: (body) => (body.dry_run ? body.access_keys : []) }
      : "nothing",
});
