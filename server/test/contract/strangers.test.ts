import { expect, test } from "vitest";
import { addTeam, addToken } from "../people.ts";
import { type Answer, startControlPlane } from "./control-plane.ts";
import { NAMESPACE_OPERATIONS } from "./operations.ts";
import { addKey, addNamespace, listKeys, NAMESPACES, NO_KEY, NO_NAMESPACE } from "./things.ts";

/** Everything of an answer that could tell one case from another: what names this one request is left out. */
function telling({ status, headers, body }: Answer) {
  const { request_id: _, ...rest } = Object(body);
  return { status, headers: [...headers.keys()].sort(), body: rest };
}

async function startWithTwoTeams() {
  const plane = await startControlPlane();
  const { namespace: namespaceId } = await addNamespace(plane);
  const { id: keyId } = await addKey(plane, namespaceId, "first");
  const stranger = await addToken(plane, { teamId: await addTeam(plane, "Strangers") });
  return { plane, namespaceId, keyId, stranger };
}

test.each(NAMESPACE_OPERATIONS)(
  "$name: another team's namespace is a 404 like one that does not exist",
  async ({ method, path, json }) => {
    const { plane, namespaceId, keyId, stranger } = await startWithTwoTeams();
    const sending = { token: stranger.token, json: json?.("new") };
    const theirs = await plane.send(method, path({ namespaceId, keyId }), sending);
    expect(theirs).toMatchObject({ status: 404, body: { id: "not_found", message: "namespace not found" } });
    for (const missing of [NO_NAMESPACE, "fn-nonsense", namespaceId.toUpperCase(), `${namespaceId}%00`])
      expect(telling(await plane.send(method, path({ namespaceId: missing, keyId: NO_KEY }), sending))).toEqual(
        telling(theirs),
      );
  },
);

test("a key of another namespace is a 404 like one that does not exist, in both directions", async () => {
  const { plane, namespaceId, keyId } = await startWithTwoTeams();
  const { namespace: other } = await addNamespace(plane, "other");
  const { id: otherKey } = await addKey(plane, other, "first");
  for (const { name, method, path, json } of NAMESPACE_OPERATIONS.filter(({ path }) =>
    path({ namespaceId: "", keyId: "K" }).includes("K"),
  )) {
    const sending = { json: json?.("new") };
    const misplaced = await plane.send(method, path({ namespaceId, keyId: otherKey }), sending);
    expect([name, misplaced]).toMatchObject([name, { status: 404, body: { message: "access key not found" } }]);
    for (const missing of [NO_KEY, "nonsense", keyId.toUpperCase()])
      expect(telling(await plane.send(method, path({ namespaceId, keyId: missing }), sending))).toEqual(
        telling(misplaced),
      );
    expect((await plane.send(method, path({ namespaceId: other, keyId }), sending)).status).toBe(404);
  }
  expect((await listKeys(plane, namespaceId)).map(({ id }) => id)).toEqual([keyId]);
  expect((await listKeys(plane, other)).map(({ id }) => id)).toEqual([otherKey]);
});

test("a team lists its own namespaces only, and its labels are its own", async () => {
  const { plane, namespaceId, stranger } = await startWithTwoTeams();
  const { token } = stranger;
  expect((await plane.send("GET", NAMESPACES, { token })).body).toEqual({ namespaces: [] });
  const theirs = await addNamespace(plane, "demo", { token });
  expect(theirs.namespace).not.toBe(namespaceId);
  expect((await plane.send("GET", NAMESPACES)).body).toMatchObject({ namespaces: [{ namespace: namespaceId }] });
  expect((await plane.send("GET", NAMESPACES, { token })).body).toMatchObject({
    namespaces: [{ namespace: theirs.namespace }],
  });
});

test("another team's namespaces do not count against the limit", async () => {
  const plane = await startControlPlane({ environment: { LATCHKEY_NAMESPACES_PER_TEAM: "1" } });
  const { token } = await addToken(plane, { teamId: await addTeam(plane, "Strangers") });
  await addNamespace(plane);
  await addNamespace(plane, "demo", { token });
});
