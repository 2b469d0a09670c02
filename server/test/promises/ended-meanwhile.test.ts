import { createApiToken } from "@latchkey/contract/tokens";
import { describe, expect, test } from "vitest";
import { type Answer, bearer, createCaller } from "../caller.ts";
import { holdBack } from "../hold-back.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";
import { buildWorld, MUTATIONS } from "./mutations.ts";

/** Signing in asks for no credential that could end. */
const CHANGES = Object.entries(MUTATIONS).filter(([id, { through }]) => through === "token" && id !== "session.create");

describe.each(CHANGES)("%s, asked for before", (_id, { act, first }) => {
  test.each([
    ["the token was deleted, does not happen after", true, false],
    ["nothing in particular, happens", false, true],
  ])("%s", async (_what, isEnded, happens) => {
    const latchkey = await startTestLatchkey();
    const owner = createCaller(latchkey.url, latchkey.token);
    const world = await buildWorld(owner);
    const { text } = await owner.send("POST", "/v2/tokens", { json: { name: "lost", scopes: ["function:admin"] } });
    const lost = createApiToken.answers[201].parse(JSON.parse(text)).api_token;
    await first?.(world);

    const send = async (method: string, path: string, { json }: { json?: unknown } = {}): Promise<Answer> => {
      if (method === "GET") return owner.send(method, path);
      const finish = await holdBack(latchkey.url, { authorization: bearer(lost.secret), method, path, json });
      if (isEnded) await owner.send("DELETE", `/v2/tokens/${lost.id}`);
      const answer = await finish();
      return { status: answer?.status ?? 0, text: answer?.body ?? "", headers: new Headers() };
    };
    const { status, text: answered } = await act({ ...world, caller: { ...owner, send } });
    if (happens) expect(status, answered).toBeLessThan(300);
    else expect(status, answered).toBe(401);
  });
});
