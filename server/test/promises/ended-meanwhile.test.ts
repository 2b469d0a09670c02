import { createApiToken } from "@latchkey/contract/tokens";
import { describe, expect, test } from "vitest";
import { type Answer, basic, bearer, type Caller, createCaller } from "../caller.ts";
import { holdBack } from "../hold-back.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";
import { buildWorld, MUTATIONS, makeRoom, type World } from "./mutations.ts";

/** A credential, and what ends it. */
type Lost = { readonly authorization: string; readonly end: () => Promise<unknown> };

async function loseToken({ caller }: World): Promise<Lost> {
  const { text } = await caller.send("POST", "/v2/tokens", { json: { name: "lost", scopes: ["function:admin"] } });
  const { id, secret } = createApiToken.answers[201].parse(JSON.parse(text)).api_token;
  return { authorization: bearer(secret), end: () => caller.send("DELETE", `/v2/tokens/${id}`) };
}

async function loseKey({ caller, namespaceId }: World): Promise<Lost> {
  const key = await caller.addKey(namespaceId, "lost");
  return { authorization: basic(key), end: () => caller.removeKey(namespaceId, key.id) };
}

/** Signing in asks for no credential that could end. */
const CHANGES = Object.entries(MUTATIONS).flatMap(([id, { through, act }]) =>
  through === "secret" || id === "session.create" ? [] : [{ id, through, act }],
);

describe.each(CHANGES)("$id, asked for before", ({ id, through, act }) => {
  test.each([
    [`the ${through} was deleted, does not happen after`, true, false],
    ["nothing in particular, happens", false, true],
  ])("%s", async (_what, isEnded, happens) => {
    const latchkey = await startTestLatchkey();
    const owner = createCaller(latchkey.url, latchkey.token);
    const world = await buildWorld(owner);
    const { authorization, end } = await (through === "token" ? loseToken : loseKey)(world);
    await makeRoom(world, id);

    const send: Caller["send"] = async (method, path, { json } = {}): Promise<Answer> => {
      if (method === "GET") return owner.send(method, path);
      const finish = await holdBack(latchkey.url, { authorization, method, path, json });
      if (isEnded) await end();
      const answer = await finish();
      return { status: answer?.status ?? 0, text: answer?.body ?? "", headers: new Headers() };
    };
    const { status, text: answered } = await act({ ...world, caller: { ...owner, send } });
    if (happens) expect(status, answered).toBeLessThan(300);
    else expect(status, answered).toBe(401);
  });
});
