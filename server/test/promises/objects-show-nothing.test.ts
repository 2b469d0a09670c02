import { inspect } from "node:util";
import { expect, test } from "vitest";
import { parseNamespaceId } from "../../src/namespaces/model.ts";
import { basic, bearer, createCaller } from "../caller.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";

const ORIGIN = { requestId: "r", address: "203.0.113.7", userAgent: "test" };

/** Every way in which an object ends up in a log, an answer or a crash report. */
const printed = (value: unknown): string =>
  [
    inspect(value, { depth: null, showHidden: true, showProxy: true, getters: true, maxStringLength: null }),
    inspect(value, { depth: null, customInspect: false, showHidden: true }),
    JSON.stringify(value, (_key, inner) => (inner instanceof Set || inner instanceof Map ? [...inner] : inner)),
    `${value}`,
    value instanceof Error ? `${value.stack} ${inspect(value.cause)}` : "",
  ].join("\n");

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("it threw nothing");
};

test("no object that identity and access keys hand out shows a secret, however it is printed", async () => {
  const { identity, accessKeys, team, user, token, url, clock } = await startTestLatchkey();
  const id = parseNamespaceId(await createCaller(url, token).addNamespace());
  if (id === undefined) throw new Error("no namespace");
  const owner = identity.recognise(bearer(token));
  const cause = { caller: owner, origin: ORIGIN };
  const times = { createdAt: clock.now(), updatedAt: clock.now() };
  const namespace = { id, teamId: team.id, label: "demo", region: "fra1", legacyUuid: "", ...times };

  const input = { name: "ci", lifetimeSeconds: 3600, allowedNetworks: ["203.0.113.0/24"] };
  const created = await accessKeys.create(cause, namespace, input);
  const rotated = await accessKeys.rotate(cause, namespace, created.key.id, 60);
  const held = { id: created.key.id, secret: created.secret.reveal() };
  const renewed = { id: created.key.id, secret: rotated.secret.reveal() };
  const elsewhere = { ...ORIGIN, address: "198.51.100.1" };

  const handedOut: Record<string, unknown> = {
    team,
    user,
    owner,
    created,
    rotated,
    principal: accessKeys.verify(basic(held), ORIGIN),
    "warm principal": accessKeys.verify(basic(held), ORIGIN),
    list: await accessKeys.list(namespace),
    got: await accessKeys.get(namespace, created.key.id),
    uses: await accessKeys.lastUses([created.key]),
    renamed: await accessKeys.rename(cause, namespace, created.key.id, "other"),
    "wrong id": thrownBy(() => accessKeys.verify(basic({ ...held, id: `dof_v1_${"0".repeat(32)}` }), ORIGIN)),
    "wrong secret": thrownBy(() => accessKeys.verify(basic({ ...held, secret: `${held.secret}x` }), ORIGIN)),
    "wrong network": thrownBy(() => accessKeys.verify(basic(held), elsewhere)),
    "wrong scheme": thrownBy(() => accessKeys.verify(bearer(held.secret), ORIGIN)),
    "wrong plane": thrownBy(() => identity.recognise(basic(held))),
    "wrong token": thrownBy(() => identity.recognise(bearer(`dop_v1_${"0".repeat(64)}`))),
  };
  clock.advance(61_000);
  handedOut["old secret"] = thrownBy(() => accessKeys.verify(basic(held), ORIGIN));
  clock.advance(3_600_000);
  handedOut["expired"] = thrownBy(() => accessKeys.verify(basic(renewed), ORIGIN));
  handedOut["the services themselves"] = { identity, accessKeys };

  const secrets = [token, held.secret, renewed.secret].flatMap((secret) => [secret, secret.slice(8)]);
  const forms = [...secrets, basic(held).slice(6), basic(renewed).slice(6)];
  for (const [what, value] of Object.entries(handedOut)) {
    const text = printed(value);
    expect(
      forms.filter((form) => text.includes(form)),
      what,
    ).toEqual([]);
  }
});
