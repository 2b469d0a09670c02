import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openTestStore } from "../../test/open-test-store.ts";
import { createSeededRandom } from "../../test/seeded-random.ts";
import type { TeamId, UserId } from "../identity/index.ts";
import { FULL_GRANTS, type NamespaceId } from "../namespaces/index.ts";
import { appendChange, type ChangeKind, followChanges } from "../store/changes.ts";
import type { AccessKeyId, KeyRecord } from "./model.ts";
import { createProvenCredentials, type Proven } from "./proven.ts";

/** A proof for the key of this id; what else is in it does not matter here. */
function proof(id: string, ownerId = "user"): Proven {
  const owner = { id: ownerId as UserId, kind: "person", name: "Ada" } as const;
  const place = { teamId: "team" as TeamId, namespaceId: "namespace" as NamespaceId };
  const record: KeyRecord = {
    ...place,
    id: id as AccessKeyId,
    owner,
    ownerRole: "owner",
    name: id,
    grants: FULL_GRANTS,
    allowedNetworks: [],
    policyNetworks: null,
    expiresAt: null,
    createdAt: 0,
    updatedAt: 0,
    state: { kind: "active" },
  };
  const through = { role: "owner", credentialKind: "access_key", credentialId: id, grants: FULL_GRANTS } as const;
  const principal = { ...place, ...through, user: owner, expiresAt: null, secretNumber: 1 };
  return { record, secretNumber: 1, secretExpiresAt: null, principal };
}

async function start() {
  const { store, stranger } = await openTestStore();
  const proven = createProvenCredentials({ random: createSeededRandom(), changes: followChanges(store.committed) });
  await nextTurn();
  const commit = (kind: ChangeKind, targetId: string) =>
    store.transaction((tx) => appendChange(tx, { kind, targetId, at: 1 }));
  /** Which of these are still known. */
  const known = (...digests: string[]) => digests.filter((digest) => proven.find(digest) !== undefined);
  return { proven, commit, known, store, stranger };
}

describe("a proof is kept", () => {
  test("for the credential that was proved, and for no other", async () => {
    const { proven, known } = await start();
    proven.keep(proven.digest("Basic a"), proof("a"));
    expect(proven.find(proven.digest("Basic a"))?.record.id).toBe("a");
    expect(known(proven.digest("Basic b"), proven.digest("basic a"), proven.digest(""))).toEqual([]);
  });

  test("while nothing that it rests on changes", async () => {
    const { proven, commit, known, store } = await start();
    proven.keep("a1", proof("a"));
    await commit("access_key", "b");
    await commit("api_token", "a");
    await commit("session", "a");
    await commit("function", "a");
    await commit("membership", "somebody else");
    await store.transaction((tx) => tx.insertInto("teams").values({ id: "t", name: "T", created_at: 1 }).execute());
    expect(known("a1")).toEqual(["a1"]);
  });
});

describe("a proof is dropped", () => {
  test("in whichever spelling it came, when its key changes; other keys' stay", async () => {
    const { proven, commit, known } = await start();
    proven.keep("a1", proof("a"));
    proven.keep("b1", proof("b"));
    proven.keep("a2", proof("a"));
    await commit("access_key", "a");
    expect(known("a1", "a2", "b1")).toEqual(["b1"]);
  });

  test("again, when it was proved anew in between", async () => {
    const { proven, commit, known } = await start();
    for (let round = 0; round < 3; round += 1) {
      proven.keep("a1", proof("a"));
      expect(known("a1")).toEqual(["a1"]);
      await commit("access_key", "a");
      expect(known("a1")).toEqual([]);
    }
  });

  test("when something happens to its owner's membership; other people's stay", async () => {
    const { proven, commit, known } = await start();
    proven.keep("a1", proof("a", "ada"));
    proven.keep("b1", proof("b", "grace"));
    proven.keep("c1", proof("c", "ada"));
    await commit("membership", "ada");
    expect(known("a1", "b1", "c1")).toEqual(["b1"]);
    proven.keep("a1", proof("a", "ada"));
    expect(known("a1", "b1")).toEqual(["a1", "b1"]);
    await commit("membership", "ada");
    expect(known("a1", "b1")).toEqual(["b1"]);
  });

  test.each<ChangeKind>(["namespace", "policy", "cutoff"])("when a %s changes, whosever it is", async (kind) => {
    const { proven, commit, known } = await start();
    proven.keep("a1", proof("a"));
    await commit(kind, "somebody");
    expect(known("a1")).toEqual([]);
  });

  test("when another process writes, though our own process wrote as well", async () => {
    const { proven, commit, known, stranger } = await start();
    proven.keep("a1", proof("a"));
    stranger.exec("INSERT INTO teams (id, name, created_at) VALUES ('t', 'T', 1)");
    await commit("access_key", "b");
    expect(known("a1")).toEqual([]);
  });
});

test("what is kept is bounded: the proof that was made first goes first", async () => {
  const { proven, known } = await start();
  for (let count = 0; count <= 100_000; count += 1) proven.keep(`d${count}`, proof(`k${count}`));
  expect(known("d0", "d1", "d100000")).toEqual(["d1", "d100000"]);
});

test("the digest of a credential says nothing to who has the credential but not the process", () => {
  const nothing = { news: () => [] };
  const digest = (seed: string) =>
    createProvenCredentials({ random: createSeededRandom(seed), changes: nothing }).digest("Basic a");
  expect(digest("one")).not.toBe(digest("other"));
  expect(digest("one")).not.toBe(createHash("sha256").update("Basic a").digest("base64"));
});
