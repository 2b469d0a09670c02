import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { actionNamed, createPuppetPool, type Puppet, type Submitted } from "../../test/puppet-cells.ts";

const GRACE_MS = 5000;
const hello = actionNamed("hello");
const other = actionNamed("other");

/** A pool with one idle process of `hello`. */
function warmed(size: Parameters<typeof createPuppetPool>[0] = {}) {
  const setting = createPuppetPool(size);
  setting.submit(hello);
  const first = only(setting.puppets);
  first.ready();
  first.finish();
  return { ...setting, first };
}

function only(puppets: readonly Puppet[]): Puppet {
  const [puppet] = puppets;
  if (puppet === undefined || puppets.length !== 1) throw new Error(`${puppets.length} instead of one`);
  return puppet;
}

const ofAction = (puppets: readonly Puppet[], action: unknown) => puppets.filter((puppet) => puppet.action === action);

describe("a warm process", () => {
  test("serves the next call of its action, and no other action's", () => {
    const { submit, puppets, first } = warmed();
    const again = submit(hello);
    expect(first.performing).toBe(again.call);
    submit(other);
    expect(ofAction(puppets, other)).toHaveLength(1);
  });

  test.each([
    { what: "revision", action: actionNamed("hello", 256, "2") },
    { what: "memory", action: actionNamed("hello", 512) },
    { what: "namespace", action: { ...hello, namespaceId: "stranger" } },
  ])("does not serve the same action in another $what", ({ action }) => {
    const { submit, puppets, first } = warmed();
    submit(action);
    expect(first.performing).toBeNull();
    expect(puppets).toHaveLength(2);
  });

  test("that was used last is used first, so that the others can age", () => {
    const { submit, puppets, passRound } = createPuppetPool();
    for (let calls = 0; calls < 4; calls += 1) submit(hello);
    only(puppets).ready();
    for (let rounds = 0; rounds < 3; rounds += 1) passRound();
    const [a, b] = puppets;
    b?.ready();
    // Each takes another call, then neither has anything left to do.
    for (const puppet of [a, b, a, b]) if (puppet?.performing) puppet.finish();
    const last = submit(hello);
    expect(b?.performing).toBe(last.call);
  });

  test("is let go when nobody has used it for the time to live", () => {
    const { pool, clock, config, first } = warmed();
    clock.advance(config.idleTtlMs - 1);
    pool.dismissUnused();
    expect(first.state).toBe("waiting");
    clock.advance(1);
    pool.dismissUnused();
    expect(first.state).toBe("killed");
  });

  test("that dies unused is replaced when it is needed, and nobody notices", () => {
    const { submit, puppets, first } = warmed();
    first.vanish();
    const next = submit(hello);
    puppets[1]?.ready();
    puppets[1]?.finish();
    expect(next.settled).toBe("resolved");
  });

  test("that died before it looked at its call hands the call to another, first in the queue", () => {
    const { submit, puppets, first } = warmed();
    const unlucky = submit(hello);
    const later = submit(hello);
    first.vanish({ handedBack: unlucky.call });
    puppets[1]?.ready();
    expect(puppets[1]?.performing).toBe(unlucky.call);
    puppets[1]?.finish();
    expect(puppets[1]?.performing).toBe(later.call);
  });
});

describe("calls of one action", () => {
  test("are served in the order in which they came", () => {
    const { submit, puppets } = createPuppetPool();
    const calls = [submit(hello), submit(hello), submit(hello)];
    const cell = only(puppets);
    cell.ready();
    for (const { call } of calls) {
      expect(cell.performing).toBe(call);
      cell.finish();
    }
  });

  test("share one process at first, and get a second when they keep waiting", () => {
    const { submit, puppets, passRound } = warmed();
    for (let calls = 0; calls < 3; calls += 1) submit(hello);
    passRound();
    expect(puppets).toHaveLength(1);
    passRound();
    expect(puppets).toHaveLength(2);
  });

  test("that take long get more and more, up to what one action may have", () => {
    const { submit, puppets, passRound, config } = warmed();
    for (let calls = 0; calls < 10; calls += 1) submit(hello);
    for (let rounds = 0; rounds < 20; rounds += 1) {
      for (const puppet of puppets) if (puppet.state === "starting") puppet.ready();
      passRound();
    }
    expect(puppets).toHaveLength(config.cellsPerActionMax);
  });

  test("that are short are left to as many processes as there are cores", () => {
    const { submit, puppets, passRound } = createPuppetPool();
    for (let calls = 0; calls < 8; calls += 1) submit(hello);
    for (let rounds = 0; rounds < 30; rounds += 1) {
      for (const puppet of puppets) {
        if (puppet.state === "starting") puppet.ready();
        for (let served = 0; served < 10 && puppet.performing !== null; served += 1) {
          puppet.finish();
          submit(hello);
        }
      }
      passRound();
    }
    expect(puppets).toHaveLength(2);
  });
});

describe("a full machine", () => {
  test("makes room by letting go of what has not been used for longest", () => {
    const { submit, puppets, clock, pool } = createPuppetPool({ cellsMax: 2 });
    for (const action of [hello, other]) {
      submit(action);
      const [cell] = ofAction(puppets, action);
      cell?.ready();
      cell?.finish();
      clock.advance(1);
    }
    const third = submit(actionNamed("third"));
    expect(puppets.map(({ state }) => state)).toEqual(["killed", "waiting"]);
    puppets[0]?.vanish();
    puppets[2]?.ready();
    expect(puppets[2]?.performing).toBe(third.call);
    expect(pool.stats()).toMatchObject({ cells: 2, evicted: 1 });
  });

  test("counts memory, and takes what alone is larger than all there is only when nothing else runs", () => {
    const { submit, puppets, first } = warmed({ memoryMbMax: 300 });
    submit(actionNamed("large", 1024));
    expect(first.state).toBe("killed");
    expect(puppets).toHaveLength(1);
    first.vanish();
    expect(puppets).toHaveLength(2);
  });

  test("refuses calls when as many wait as may", () => {
    const { submit, config } = createPuppetPool({ queuedMax: 2 });
    submit(hello);
    submit(hello);
    expect(config.queuedMax).toBe(2);
    expect(() => submit(hello)).toThrow("runtime.at_capacity");
    expect(() => submit(other)).toThrow("runtime.at_capacity");
  });

  test("does not let a busy action starve one that has no process", () => {
    const { submit, puppets, passRound, first } = warmed({ cellsMax: 1, queuedMax: 50 });
    for (let calls = 0; calls < 3; calls += 1) submit(hello);
    const starving = submit(other);
    for (let rounds = 0; first.state === "performing" && rounds < 20; rounds += 1) {
      first.finish();
      submit(hello);
      passRound();
    }
    expect(first.state).toBe("killed");
    first.vanish();
    const [saviour] = ofAction(puppets, other);
    saviour?.ready();
    expect(saviour?.performing).toBe(starving.call);
  });

  test("keeps the room that somebody without a process waits for from those who have one", () => {
    const { submit, puppets, passRound } = createPuppetPool({ memoryMbMax: 1024 });
    for (let calls = 0; calls < 6; calls += 1) submit(hello);
    only(puppets).ready();
    submit(actionNamed("large", 1024));
    for (let rounds = 0; rounds < 4; rounds += 1) passRound();
    expect(puppets).toHaveLength(1);
  });

  test("starts only so many processes at a time", () => {
    const { submit, puppets, config } = createPuppetPool();
    for (let name = 0; name < config.startingMax + 2; name += 1) submit(actionNamed(`action-${name}`));
    expect(puppets).toHaveLength(config.startingMax);
    puppets[0]?.ready();
    expect(puppets).toHaveLength(config.startingMax + 1);
  });
});

describe("a process that cannot be started", () => {
  test("fails the oldest call alone; the others get another try", () => {
    const { submit, puppets } = createPuppetPool();
    const [first, second] = [submit(hello), submit(hello)];
    only(puppets).vanish({ startFailure: { of: "process", error: new Error("no processes left") } });
    expect(first.outcome).toMatchObject({
      status: "internal_error",
      result: { error: "Failed to provision resources to run the action." },
    });
    puppets[1]?.ready();
    expect(puppets[1]?.performing).toBe(second.call);
  });

  test("fails no call that another process of the action will serve", () => {
    const { submit, puppets, passRound } = createPuppetPool();
    const calls = [submit(hello), submit(hello)];
    puppets[0]?.ready();
    for (let rounds = 0; rounds < 3; rounds += 1) passRound();
    puppets[1]?.vanish({ startFailure: { of: "process", error: new Error("no processes left") } });
    puppets[0]?.finish();
    puppets[0]?.finish();
    expect(calls.map(({ outcome }) => outcome?.status)).toEqual(["success", "success"]);
  });

  test("for lack of code rejects all calls with what loading the code threw", () => {
    const { submit, puppets } = createPuppetPool();
    const calls = [submit(hello), submit(hello)];
    only(puppets).vanish({ startFailure: { of: "code", error: new Error("deleted meanwhile") } });
    expect(calls.map(({ settled }) => settled)).toEqual(["rejected", "rejected"]);
    expect(puppets).toHaveLength(1);
  });
});

describe("retiring an action", () => {
  test("lets its idle processes go now, its busy one when it has finished", () => {
    const { submit, pool, first } = warmed();
    pool.retire("ns", "/ns/other");
    expect(first.state).toBe("waiting");
    submit(hello);
    pool.retire("ns", "/ns/hello");
    expect(first.state).toBe("performing");
    first.finish();
    expect(first.state).toBe("killed");

    const idle = warmed();
    idle.pool.retire("ns", "/ns/hello");
    expect(idle.first.state).toBe("killed");
  });

  test("leaves the action alone in other namespaces", () => {
    const { pool, first } = warmed();
    pool.retire("stranger", "/ns/hello");
    expect(first.state).toBe("waiting");
  });
});

describe("draining", () => {
  test("finishes what was accepted, refuses what is new, and ends when the last process has", async () => {
    const { submit, pool, puppets, alive } = createPuppetPool();
    const accepted = [submit(hello), submit(hello)];
    let drained = false;
    const done = pool.drain(GRACE_MS).then(() => {
      drained = true;
    });
    expect(() => submit(hello)).toThrow("runtime.draining");
    const cell = only(puppets);
    cell.ready();
    cell.finish();
    cell.finish();
    expect(accepted.map(({ settled }) => settled)).toEqual(["resolved", "resolved"]);
    expect(cell.state).toBe("killed");
    await Promise.resolve();
    expect(drained).toBe(false);
    cell.vanish();
    await done;
    expect(alive()).toEqual([]);
  });

  test("stops what is left after the grace", async () => {
    const { submit, pool, puppets, passGrace } = createPuppetPool();
    const [running, waiting] = [submit(hello), submit(hello)];
    const cell = only(puppets);
    cell.ready();
    const done = pool.drain(GRACE_MS);
    passGrace();
    expect([running.settled, waiting.settled]).toEqual(["resolved", "rejected"]);
    cell.vanish();
    await done;
  });

  test("gives nothing to a process that comes up after it was told to go", async () => {
    const { submit, pool, puppets, passGrace } = createPuppetPool();
    const call = submit(hello);
    const done = pool.drain(GRACE_MS);
    passGrace();
    expect(call.settled).toBe("rejected");
    const cell = only(puppets);
    cell.ready();
    expect(pool.stats()).toMatchObject({ cells: 1, starting: 0, idle: 0 });
    cell.vanish();
    await done;
  });

  test("is done at once when nothing runs", async () => {
    await createPuppetPool().pool.drain(GRACE_MS);
  });
});

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("submit" as const), action: fc.nat(3) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom("ready", "finish", "vanish", "hand back"), cell: fc.nat(9) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("round" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("retire" as const), action: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("age" as const) }) },
);

test("whatever happens in whatever order, the bounds hold and every accepted call is answered once", () => {
  const actions = [hello, other, actionNamed("large", 1024), actionNamed("hello", 256, "2")];
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const { pool, puppets, submit, passRound, alive, clock, config } = createPuppetPool({
        cellsMax: 4,
        startingMax: 2,
      });
      const accepted: Submitted[] = [];
      const move = (puppet: Puppet | undefined, how: string): void => {
        if (puppet?.state === "starting" && how === "ready") puppet.ready();
        else if (puppet?.state === "starting" && how === "vanish") {
          puppet.vanish({ startFailure: { of: "process", error: new Error("gone") } });
        } else if (puppet?.state === "performing" && how === "finish") puppet.finish();
        else if (puppet?.state === "performing" && how === "hand back")
          puppet.vanish({ handedBack: puppet.performing });
        else if (puppet !== undefined && puppet.state !== "starting" && how === "vanish") puppet.vanish();
      };
      const checkBounds = (): void => {
        const memoryMb = alive().reduce((sum, { action }) => sum + action.limits.memoryMb, 0);
        expect(alive().length).toBeLessThanOrEqual(config.cellsMax);
        expect(memoryMb).toBeLessThanOrEqual(config.memoryMbMax);
        expect(alive().filter(({ state }) => state === "starting").length).toBeLessThanOrEqual(config.startingMax);
        expect(pool.stats()).toMatchObject({
          cells: alive().length,
          memoryMb,
          busy: alive().filter(({ state }) => state === "performing").length,
          queued: accepted.filter(
            ({ settled, call }) => settled === null && !puppets.some((one) => one.performing === call),
          ).length,
        });
      };

      for (const one of steps) {
        if (one.do === "submit") {
          const action = actions[one.action] ?? hello;
          if (pool.stats().queued < config.queuedMax) accepted.push(submit(action));
        } else if (one.do === "round") passRound();
        else if (one.do === "retire") pool.retire("ns", actions[one.action]?.qualifiedName ?? "");
        else if (one.do === "age") {
          clock.advance(config.idleTtlMs);
          pool.dismissUnused();
        } else move(alive()[one.cell % Math.max(1, alive().length)], one.do);
        checkBounds();
      }

      for (let rounds = 0; rounds < 200 && accepted.some(({ settled }) => settled === null); rounds += 1) {
        for (const puppet of alive()) {
          move(puppet, "ready");
          move(puppet, "finish");
          if (puppet.state === "killed") puppet.vanish();
        }
        passRound();
        checkBounds();
      }
      expect(accepted.filter(({ settled }) => settled === null)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
