import { expect, test } from "vitest";
import { basic, bearer, createCaller } from "../../test/caller.ts";
import { holdBack } from "../../test/hold-back.ts";
import { addToken } from "../../test/people.ts";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { createTeam } from "../../test/team.ts";

type Asked = readonly [method: string, path: string, json: object];

const begin = async (url: string, authorization: string, [method, path, json]: Asked) => {
  const finish = await holdBack(url, { authorization, method, path, json });
  return async () => (await finish())?.status;
};

const NEW_NAMESPACE = ["POST", "/v2/functions/namespaces", { label: "late", region: "fra1" }] as const;
const EXEC = { kind: "nodejs:default", code: "exports.main = () => ({})" };
const DEPLOYMENT = ["PUT", "/api/v1/namespaces/_/actions/late", { exec: EXEC }] as const;
const WEB_CALL = ["POST", "/api/v1/web/_/default/late", {}] as const;

async function start() {
  const latchkey = await startTestLatchkey();
  const owner = createCaller(latchkey.url, latchkey.token);
  const people = createTeam(latchkey.url, latchkey.token);
  return { ...latchkey, owner, people };
}

test("a request whose body comes late changes nothing if its token ran out meanwhile", async () => {
  const latchkey = await start();
  const { token } = await addToken(latchkey, { expiresAt: latchkey.clock.now() + 60_000 });
  const finish = await begin(latchkey.url, bearer(token), NEW_NAMESPACE);
  latchkey.clock.advance(60_000);
  expect(await finish()).toBe(401);
});

test("a request whose body comes late changes nothing for somebody who was demoted meanwhile", async () => {
  const { url, token, people, clock } = await start();
  const eve = await people.join("Eve", "member");
  const finish = await begin(url, bearer(eve.session), NEW_NAMESPACE);
  await people.send(token, "PUT", `/v2/team/members/${eve.id}`, { role: "viewer" });
  clock.advance(1_000);
  expect(await finish()).toBe(403);
});

test("a deployment whose body comes late is refused if its key was deleted meanwhile", async () => {
  const { url, owner, clock } = await start();
  const namespaceId = await owner.addNamespace();
  const key = await owner.addKey(namespaceId);
  const finish = await begin(url, basic(key), DEPLOYMENT);
  await owner.removeKey(namespaceId, key.id);
  clock.advance(1_000);
  expect(await finish()).toBe(401);
});

test("a call from the web whose body comes late is refused if the key that it came with was deleted meanwhile", async () => {
  const { url, owner, clock } = await start();
  const namespaceId = await owner.addNamespace();
  const key = await owner.addKey(namespaceId);
  const annotations = [
    { key: "web-export", value: true },
    { key: "require-whisk-auth", value: true },
  ];
  const json = { exec: EXEC, annotations };
  const authorization = basic(key);
  await owner.send("PUT", "/api/v1/namespaces/_/actions/late", { authorization, json });
  const [method, path, body] = WEB_CALL;
  const finish = await begin(url, authorization, [method, path.replace("/_/", `/${namespaceId}/`), body]);
  await owner.removeKey(namespaceId, key.id);
  clock.advance(1_000);
  expect(await finish()).toBe(401);
});

test("a request whose body comes late is one request, and as good as any other", async () => {
  const { url, token, owner, clock } = await start();
  const before = (await owner.send("GET", "/v2/team")).headers.get("ratelimit-remaining");
  const finish = await begin(url, bearer(token), NEW_NAMESPACE);
  clock.advance(60_000);
  expect(await finish()).toBe(200);
  const after = (await owner.send("GET", "/v2/team")).headers.get("ratelimit-remaining");
  expect(Number(before) - Number(after)).toBe(2);
});
