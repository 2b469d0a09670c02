import { describe, expect, test } from "vitest";
import { createFakeClock } from "../../test/fake-clock.ts";
import { createFailedAttempts, type FailedAttempt } from "./failed-attempts.ts";

const MINUTE_MS = 60_000;
const SUBJECT = `dof_v1_${"0".repeat(32)}`;

function start(limits: { perAddress?: number; perSubject?: number } = {}) {
  const clock = createFakeClock();
  const failures = createFailedAttempts({ clock, perAddress: 3, perSubject: 3, ...limits });
  const attempt = (different: Partial<FailedAttempt> = {}) =>
    failures.note({ address: "203.0.113.7", subject: SUBJECT, isKnown: true, reason: "wrong secret", ...different });
  return { clock, failures, attempt, tooMany: (different?: Partial<FailedAttempt>) => attempt(different).tooMany };
}

describe("a caller that fails too often is told to wait", () => {
  test("after as many failures from one address as are allowed", () => {
    const { tooMany } = start();
    const garbage = [1, 2, 3, 4].map(() => tooMany({ subject: null, isKnown: false }));
    expect(garbage).toEqual([false, false, false, true]);
  });

  test("after as many failures from one address at ever other subjects", () => {
    const { tooMany } = start();
    const subjects = ["1", "2", "3", "4"].map((digit) => `dof_v1_${digit.repeat(32)}`);
    expect(subjects.map((subject) => tooMany({ subject }))).toEqual([false, false, false, true]);
  });

  test("after as many failures from one network, however many addresses it has", () => {
    const { tooMany } = start();
    const addresses = ["1", "2", "3", "4"].map((digit) => `2001:db8:1:2::${digit}`);
    const failures = addresses.map((address) => tooMany({ address, subject: null, isKnown: false }));
    expect(failures).toEqual([false, false, false, true]);
  });

  test("after as many failures at one subject, wherever they come from", () => {
    const { tooMany } = start();
    const addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"];
    expect(addresses.map((address) => tooMany({ address }))).toEqual([false, false, false, true]);
  });

  test("for a subject that does not exist just as for one that does, so that waiting tells nothing", () => {
    const { tooMany } = start();
    const addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"];
    expect(addresses.map((address) => tooMany({ address, isKnown: false }))).toEqual([false, false, false, true]);
  });

  test("and no longer once the minute is over", () => {
    const { clock, tooMany } = start();
    for (let count = 0; count < 4; count += 1) tooMany();
    clock.advance(MINUTE_MS - 1);
    expect(tooMany()).toBe(true);
    clock.advance(1);
    expect(tooMany()).toBe(false);
  });

  test("and no longer than a minute though the host's clock is put back", () => {
    const { clock, tooMany } = start();
    for (let count = 0; count < 4; count += 1) tooMany();
    clock.correct(-24 * 60 * MINUTE_MS);
    clock.advance(MINUTE_MS);
    expect(tooMany()).toBe(false);
  });

  test("although the audit log has been told in between", () => {
    const { failures, tooMany } = start();
    for (let count = 0; count < 3; count += 1) tooMany({ address: `::${count}` });
    failures.takeSummaries("due");
    expect(tooMany({ address: "::9" })).toBe(true);
  });

  test("and another address at another subject is not", () => {
    const { tooMany } = start();
    for (let count = 0; count < 9; count += 1) tooMany();
    expect(tooMany({ address: "::1", subject: `dof_v1_${"1".repeat(32)}` })).toBe(false);
  });
});

describe("what the audit log is told", () => {
  test("is one summary per subject, however often it was tried", () => {
    const { failures, attempt } = start();
    for (let count = 0; count < 50; count += 1) attempt({ address: `::${count % 3}` });
    attempt({ reason: "expired" });
    expect(failures.takeSummaries("due")).toEqual([
      {
        subject: SUBJECT,
        count: 51,
        addresses: ["::0", "::1", "::2", "203.0.113.7"],
        reasons: ["wrong secret", "expired"],
      },
    ]);
  });

  test("is told once", () => {
    const { failures, attempt } = start();
    attempt();
    failures.takeSummaries("due");
    expect(failures.takeSummaries("due")).toEqual([]);
  });

  test("is told again, with what came since, if it could not be recorded", () => {
    const { failures, attempt } = start();
    attempt({ address: "::1" });
    const untold = failures.takeSummaries("due");
    attempt({ address: "::2", reason: "expired" });
    failures.giveBack(untold);
    expect(failures.takeSummaries("due")).toEqual([
      { subject: SUBJECT, count: 2, addresses: ["::2", "::1"], reasons: ["expired", "wrong secret"] },
    ]);
  });

  test("says nothing of garbage and of subjects that do not exist: there is nobody to tell", () => {
    const { failures, attempt } = start();
    attempt({ subject: null, isKnown: false });
    attempt({ isKnown: false });
    expect(failures.takeSummaries("due")).toEqual([]);
  });

  test("names a few addresses of very many", () => {
    const { failures, attempt } = start();
    for (let count = 0; count < 1000; count += 1) attempt({ address: `10.0.${count >> 8}.${count & 255}` });
    const [summary] = failures.takeSummaries("due");
    expect(summary?.count).toBe(1000);
    expect(summary?.addresses).toHaveLength(5);
  });
});

describe("an attacker with very many addresses and subjects", () => {
  const flood = (isKnown: boolean) => {
    const { failures, attempt } = start();
    for (let count = 0; count < 25_000; count += 1) {
      const subject = `dof_v1_${count.toString(16).padStart(32, "0")}`;
      attempt({ address: `10.${count >> 16}.${(count >> 8) & 255}.${count & 255}`, subject, isKnown });
    }
    return { failures, attempt };
  };

  test("does not make the server remember all of them", () => {
    expect(flood(true).failures.takeSummaries("due")).toHaveLength(10_000);
  });

  test("does not hide what happens to one subject by naming others that do not exist", () => {
    const { failures, attempt } = flood(false);
    attempt();
    expect(failures.takeSummaries("due").map(({ subject }) => subject)).toEqual([SUBJECT]);
  });
});
