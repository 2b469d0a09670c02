import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { buildRooms } from "../../test/build-rooms.ts";
import { basic } from "../../test/caller.ts";
import { createFakeClock } from "../../test/fake-clock.ts";
import { openTestStore } from "../../test/open-test-store.ts";
import { createSeededRandom } from "../../test/seeded-random.ts";
import type { UserId } from "../identity/index.ts";
import { systemClock } from "../kernel/clock.ts";
import { LatchkeyError } from "../kernel/errors.ts";
import { createSecretHasher, type SecretHasher } from "../kernel/secret-hash.ts";
import type { CommittedReader } from "../store/committed-reader.ts";

const HOUR_MS = 3_600_000;
const ORIGIN = { requestId: "r", address: "203.0.113.7", userAgent: "test" };
const NO_KEY = `dof_v1_${"0".repeat(32)}`;

/** What verifying costs: statements that were run, and how many characters were hashed against how many hashes. */
type Work = { statements: number; hashed: number[]; candidates: number[] };

function countingHasher(hasher: SecretHasher, work: Work): SecretHasher {
  return {
    hash: hasher.hash,
    find(parts, candidates) {
      work.hashed.push(parts.join("|").length);
      work.candidates.push(candidates.length);
      return hasher.find(parts, candidates);
    },
  };
}

function countingReader(reader: CommittedReader, work: Work): CommittedReader {
  return {
    ...reader,
    prepare<Row>(sql: string) {
      const statement = reader.prepare<Row>(sql);
      const counted =
        <Arguments extends unknown[], Result>(run: (...given: Arguments) => Result) =>
        (...given: Arguments): Result => {
          work.statements += 1;
          return run(...given);
        };
      return { get: counted(statement.get), all: counted(statement.all) };
    },
  };
}

/** The access keys of a team with one owner and one namespace; what verifying costs is counted. */
async function start({ failures = 1_000_000 } = {}) {
  const { store, stranger } = await openTestStore();
  const work: Work = { statements: 0, hashed: [], candidates: [] };
  const clock = createFakeClock();
  const random = createSeededRandom();
  const hasher = countingHasher(createSecretHasher({ id: "1", bytes: random.bytes(32) }), work);
  const counted = { ...store, committed: countingReader(store.committed, work) };
  const { identity, namespaces, accessKeys } = buildRooms({ store: counted, clock, random, hasher, failures });

  const { token } = await identity.createFirstTeam({ teamName: "T", email: "ada@example.com", name: "Ada" });
  const owner = identity.recognise(`Bearer ${token.reveal()}`);
  const namespace = await namespaces.create(owner, { label: "demo", region: "fra1" }, ORIGIN);
  const cause = { caller: owner, origin: ORIGIN };
  let made = 0;
  const addKey = async (lifetimeSeconds: number | null = null) => {
    made += 1;
    const { key, secret } = await accessKeys.create(cause, namespace, { name: `key ${made}`, lifetimeSeconds });
    return { id: key.id, secret: secret.reveal() };
  };
  const addKeyOf = async (id: string) => {
    stranger
      .prepare("INSERT INTO users (id, kind, name, email, created_at) VALUES (?, 'person', ?, ?, 1)")
      .run(id, id, id);
    stranger
      .prepare("INSERT INTO memberships (team_id, user_id, role, created_at) VALUES (?, ?, 'member', 1)")
      .run(owner.teamId, id);
    const caller = { ...owner, user: { id: id as UserId, kind: "person", name: id } } as const;
    const input = { name: `of ${id}`, lifetimeSeconds: null };
    const { key, secret } = await accessKeys.create({ caller, origin: ORIGIN }, namespace, input);
    return { id: key.id, secret: secret.reveal() };
  };
  const remove = (id: string) => identity.members.remove(cause, id);
  const verify = (header: string | undefined, address = ORIGIN.address) => {
    try {
      return { accepted: accessKeys.verify(header, { ...ORIGIN, address }).credentialId };
    } catch (error) {
      if (error instanceof LatchkeyError) return { refused: error.code, says: error.says, headers: error.headers };
      throw error;
    }
  };
  /** What this one verification costs. */
  const costOf = async (header: string): Promise<Work> => {
    await nextTurn();
    verify(undefined);
    verify("Basic x");
    Object.assign(work, { statements: 0, hashed: [], candidates: [] });
    verify(header);
    return { ...work };
  };
  return { accessKeys, cause, namespace, clock, stranger, addKey, addKeyOf, remove, verify, costOf };
}

describe("a wrong secret gets the same answer for the same work as a key that nobody has", () => {
  test.each<[what: string, suspend: (world: Awaited<ReturnType<typeof start>>, id: string) => Promise<void> | void]>([
    ["for a key that works", () => undefined],
    ["for one that was deleted", ({ accessKeys, cause, namespace }, id) => accessKeys.revoke(cause, namespace, id)],
    ["for one that has expired", ({ clock }) => clock.advance(HOUR_MS)],
    ["for one that is suspended", ({ stranger }) => stranger.exec("UPDATE access_keys SET state = 'suspended'")],
    [
      "for one that was revoked with all others",
      async ({ accessKeys, cause }) => void (await accessKeys.revokeAll(cause, { kind: "team" })),
    ],
    ["for one whose owner left", ({ stranger }) => stranger.exec("DELETE FROM memberships")],
    ["for one without any secret", ({ stranger }) => stranger.exec("DELETE FROM access_key_secrets")],
    [
      "for one whose previous secrets have ended",
      async ({ accessKeys, cause, namespace }, id) => {
        for (const _ of [1, 2, 3]) await accessKeys.rotate(cause, namespace, id, 0);
      },
    ],
  ])("%s", async (_what, change) => {
    const world = await start();
    const { id } = await world.addKey(3600);
    const { secret } = await world.addKey();
    await change(world, id);
    const wrong = basic({ id, secret });
    const unknown = basic({ id: NO_KEY, secret });
    const cost = await world.costOf(unknown);
    expect(cost).toEqual({ statements: 1, hashed: [expect.any(Number)], candidates: [1] });
    expect(await world.costOf(wrong)).toEqual(cost);
    expect(world.verify(wrong)).toEqual(world.verify(unknown));
    expect(world.verify(wrong)).toMatchObject({ refused: "access_key.credential_invalid" });
  });

  test("for one that is being rotated: one HMAC, however many secrets are alive", async () => {
    const world = await start();
    const { id } = await world.addKey();
    const { secret } = await world.addKey();
    for (const overlap of [100, 200, 300]) await world.accessKeys.rotate(world.cause, world.namespace, id, overlap);
    const { statements, hashed } = await world.costOf(basic({ id: NO_KEY, secret }));
    expect(await world.costOf(basic({ id, secret }))).toEqual({ statements, hashed, candidates: [4] });
  });
});

test("a wrong secret takes the time of an unknown id: medians of interleaved tries differ by less than 5 µs", async () => {
  const world = await start();
  const { id } = await world.addKey();
  const { secret } = await world.addKey();
  const tries = [basic({ id, secret }), basic({ id: NO_KEY, secret })];
  const times: number[][] = [[], []];
  for (let count = 0; count < 12_000; count += 1) {
    if (count % 100 === 0) await nextTurn();
    // In turns, whatever else this machine is doing; the first third is for warming up.
    const which = (count >> 1) % 2 === 0 ? count % 2 : 1 - (count % 2);
    const begun = systemClock.monotonicMs();
    world.verify(tries[which]);
    if (count >= 4_000) times[which]?.push(systemClock.monotonicMs() - begun);
  }
  const [wrong = 0, unknown = 0] = times.map((each) => each.sort((a, b) => a - b)[each.length >> 1]);
  expect(Math.abs(wrong - unknown) * 1000).toBeLessThan(5);
});

describe("verifying", () => {
  test("costs nothing to look up for garbage", async () => {
    const { addKey, costOf } = await start();
    const { id, secret } = await addKey();
    const garbage = [
      "",
      "Basic",
      "Basic ",
      "Basic !!!!",
      `Bearer ${secret}`,
      basic({ id: "", secret }),
      basic({ id: id.toUpperCase(), secret }),
      basic({ id, secret: "" }),
      basic({ id, secret: secret.slice(0, -1) }),
      basic({ id, secret: `${secret.slice(0, -1)}${secret.endsWith("0") ? "1" : "0"}` }),
      basic({ id: secret, secret: id }),
      `Basic ${Buffer.from(`${id}${secret}`).toString("base64")}`,
      `Basic ${Buffer.from(`${id}:${secret}:`).toString("base64")}`,
      `Basic ${Buffer.from(`${id}:${secret}\n`).toString("base64")}`,
      `${basic({ id, secret })}, ${basic({ id, secret })}`,
    ];
    for (const header of garbage)
      expect([header, await costOf(header)]).toEqual([header, { statements: 0, hashed: [], candidates: [] }]);
  });

  test("costs nothing to look up for who has just been verified", async () => {
    const { addKey, verify, costOf } = await start();
    const key = await addKey();
    verify(basic(key));
    expect(await costOf(basic(key))).toEqual({ statements: 0, hashed: [], candidates: [] });
  });

  test("costs nothing to look up for anybody else when a member is removed", async () => {
    const { addKey, addKeyOf, remove, verify, costOf } = await start();
    const [own, theirs] = [await addKey(), await addKeyOf("grace")];
    for (const key of [own, theirs]) expect(verify(basic(key))).toEqual({ accepted: key.id });
    await remove("grace");
    expect(await costOf(basic(own))).toEqual({ statements: 0, hashed: [], candidates: [] });
    expect(verify(basic(theirs))).toMatchObject({ refused: "access_key.revoked" });
  });

  test("takes a credential however its scheme is spelt and padded", async () => {
    const { addKey, verify } = await start();
    const key = await addKey();
    const encoded = basic(key).slice("Basic ".length);
    for (const header of [`basic ${encoded}`, `BASIC   ${encoded}  `, `Basic ${encoded.replace(/=+$/, "")}`])
      expect(verify(header)).toEqual({ accepted: key.id });
  });

  test("without a credential is another matter than with a wrong one", async () => {
    const { verify } = await start();
    expect(verify(undefined)).toMatchObject({ refused: "access_key.credential_missing" });
    expect(verify("")).toMatchObject({ refused: "access_key.credential_invalid" });
  });
});

describe("somebody who guesses", () => {
  test("is told to wait, at a key that exists and at one that does not", async () => {
    const { addKey, verify } = await start({ failures: 3 });
    const { id } = await addKey();
    const { secret } = await addKey();
    const addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"];
    const at = (keyId: string) => addresses.map((address) => verify(basic({ id: keyId, secret }), address));
    const [known, unknown] = [at(id), at(NO_KEY)];
    expect(known).toEqual(unknown);
    expect(known.at(-1)).toMatchObject({ refused: "access_key.too_many_failures", headers: { "retry-after": "60" } });
  });

  test("never keeps the owner out, whether or not the server remembers the owner's credential", async () => {
    const { addKey, verify } = await start({ failures: 3 });
    const [warm, cold] = [await addKey(), await addKey()];
    verify(basic(warm));
    for (let guess = 0; guess < 100; guess += 1) {
      verify(basic({ id: warm.id, secret: cold.secret }), "::9");
      verify(basic({ id: cold.id, secret: warm.secret }), "::9");
    }
    expect(verify(basic(warm))).toEqual({ accepted: warm.id });
    expect(verify(basic(warm), "::9")).toEqual({ accepted: warm.id });
    expect(verify(basic(cold), "::9")).toEqual({ accepted: cold.id });
  });

  test("with the right secret of a dead key is told to wait like anybody", async () => {
    const { addKey, verify, clock } = await start({ failures: 3 });
    const key = await addKey(3600);
    clock.advance(HOUR_MS);
    const answers = [1, 2, 3, 4].map(() => verify(basic(key)));
    expect(answers.map(({ refused }) => refused)).toEqual([
      "access_key.expired",
      "access_key.expired",
      "access_key.expired",
      "access_key.too_many_failures",
    ]);
  });
});
