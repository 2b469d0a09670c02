import { expect, test } from "vitest";
import { actionNamed, createPuppetPool, type Puppet } from "../../test/puppet-cells.ts";

const GRACE_MS = 5000;
const hello = actionNamed("hello");

function only(puppets: readonly Puppet[]): Puppet {
  const [puppet] = puppets;
  if (puppet === undefined || puppets.length !== 1) throw new Error(`${puppets.length} instead of one`);
  return puppet;
}

/** A pool with one idle process of `hello`. */
function warmed() {
  const setting = createPuppetPool();
  setting.submit(hello);
  const first = only(setting.puppets);
  first.ready();
  first.finish();
  return { ...setting, first };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
/** A `begin` that a test keeps waiting, or refuses. */
const waiting = () => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let calls = 0;
  const begin = () => {
    calls += 1;
    return promise;
  };
  return { begin, calls: () => calls, go: resolve, refuse: () => reject(new Error("no")) };
};

test("a call that somebody wants to hear of before it begins is performed by the process that is ready for it, once they have", async () => {
  const { submit, first } = warmed();
  const { begin, calls, go } = waiting();
  const { call } = submit(hello, begin);
  await settled();
  expect([first.performing, calls()]).toEqual([null, 1]);
  go();
  await settled();
  expect([first.performing, calls()]).toEqual([call, 1]);
});

test("a call that somebody wants to hear of before it begins is not announced before a process is ready", async () => {
  const { submit, puppets } = createPuppetPool();
  const { begin, calls } = waiting();
  submit(hello, begin);
  await settled();
  expect(calls()).toBe(0);
  only(puppets).ready();
  expect(calls()).toBe(1);
});

test("a call that somebody wants to hear of before it begins is not performed when they refuse; the process serves the next", async () => {
  const { submit, first } = warmed();
  const { begin, refuse } = waiting();
  const refused = submit(hello, begin);
  const next = submit(hello);
  refuse();
  await settled();
  expect(refused.settled).toBe("rejected");
  expect(first.performing).toBe(next.call);
});

test("a call that somebody wants to hear of before it begins is performed by another process, and announced once, when its own ends meanwhile", async () => {
  const { submit, puppets, first } = warmed();
  const { begin, calls, go } = waiting();
  const { call } = submit(hello, begin);
  first.vanish();
  go();
  await settled();
  puppets[1]?.ready();
  await settled();
  expect([puppets[1]?.performing, calls()]).toEqual([call, 1]);
});

test("a call that somebody wants to hear of before it begins is refused, not forgotten, when the pool is drained meanwhile", async () => {
  const { pool, submit, first, passGrace } = warmed();
  const { begin, go } = waiting();
  const submitted = submit(hello, begin);
  void pool.drain(GRACE_MS);
  passGrace();
  first.vanish();
  go();
  await settled();
  expect(submitted.settled).toBe("rejected");
});
