import { createServiceIdentity } from "@latchkey/contract/service-identities";
import { createApiToken } from "@latchkey/contract/tokens";
import { expect, test } from "vitest";
import { z } from "zod";
import { createCaller } from "../caller.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";
import { createTeam } from "../team.ts";

/** Every `owner` in an answer, however deep. */
function ownersIn(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inside]) => (name === "owner" ? [inside] : ownersIn(inside)));
}

test("whatever a service identity owns names the person who answers for it, also once that person has left", async () => {
  const { url, token } = await startTestLatchkey();
  const owner = createCaller(url, token);
  const team = createTeam(url, token);
  const bob = await team.join("Bob", "member");
  const carol = await team.join("Carol", "owner");
  const robot = await team.send(carol.session, "POST", "/v2/team/service-identities", {
    name: "robot",
    responsible_id: bob.id,
  });
  const { id } = createServiceIdentity.answers[201].parse(robot.body).service_identity;
  const namespaceId = await owner.addNamespace();
  const path = `/v2/functions/namespaces/${namespaceId}`;
  await owner.deploy(await owner.addKey(namespaceId, "deploys"), "hello");
  const key = { namespace_id: namespaceId, name: "nightly", expires_in: "30d" };
  const { text } = await createCaller(url, carol.session).send("POST", `/v2/team/service-identities/${id}/keys`, {
    json: key,
  });
  const { access_key } = z.object({ access_key: z.object({ id: z.string() }) }).parse(JSON.parse(text));
  const issued = await team.send(carol.session, "POST", `/v2/team/service-identities/${id}/tokens`, {
    name: "ci",
    scopes: ["function:admin"],
  });
  const { secret } = createApiToken.answers[201].parse(issued.body).api_token;
  const trigger = { name: "poll", function: "hello", type: "SCHEDULED", is_enabled: true };
  const scheduled_details = { cron: "0 3 * * *", body: null };
  expect((await team.send(secret, "POST", `${path}/triggers`, { ...trigger, scheduled_details })).status).toBe(200);

  const owners = async (method: string, at: string, json?: Record<string, unknown>) =>
    ownersIn((await team.send(token, method, at, json)).body).filter((one) => JSON.stringify(one).includes(id));
  const everywhere = async () => [
    ...(await owners("GET", `${path}/keys`)),
    ...(await owners("GET", `${path}/keys/${access_key.id}`)),
    ...(await owners("POST", `/v2/team/members/${id}/revoke-keys`, { dry_run: true })),
    ...(await owners("GET", "/v2/tokens?all=true")),
    ...(await owners("GET", `${path}/triggers`)),
    ...(await owners("GET", `${path}/triggers/poll`)),
    // A key and a token that Carol was shown.
    ...(await owners("GET", `/v2/team/members/${carol.id}/removal-preview`)),
  ];
  const shown = (is_member: boolean) =>
    Array(8).fill({ id, name: "robot", kind: "service", responsible: { id: bob.id, name: "Bob", is_member } });
  expect(await everywhere()).toEqual(shown(true));
  expect((await owner.send("DELETE", `/v2/team/members/${bob.id}`)).status).toBe(204);
  expect(await everywhere()).toEqual(shown(false));
});
