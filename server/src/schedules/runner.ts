import { setImmediate } from "node:timers/promises";
import type { Audit } from "../audit/index.ts";
import type { Clock, EpochMs } from "../kernel/clock.ts";
import { LatchkeyError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import { effectiveGrants, FULL_GRANTS, type NamespacePrincipal } from "../namespaces/index.ts";
import { appendChange } from "../store/changes.ts";
import type { Store } from "../store/store.ts";
import type { Tx } from "../store/transaction.ts";
import { parseCron } from "./cron.ts";
import { type ScheduleRecord, type Suspension, suspensionOf } from "./model.ts";
import { claimTick, type Due, findDue, findIfDue, returnTick } from "./queries.ts";

/** One call that a schedule asks for, in its owner's name. */
export type ScheduledCall = {
  readonly caller: NamespacePrincipal;
  /** `function` or `package/function`. */
  readonly path: string;
  readonly body: ScheduleRecord["body"];
};
/** Where calls wait for their turn. */
export type CallQueue = {
  /**
   * Puts a call on the queue, in the transaction that takes the tick: both are committed, or neither. Throws a `LatchkeyError` if
   * there is no room, having written nothing.
   */
  enqueue(tx: Tx, call: ScheduledCall): Promise<void>;
  /** Has run what is on the queue and is committed by now. */
  startQueued(): void;
};

/** Ticks taken in one transaction, and in one turn: callers wait for it. */
const BATCH = 20;

/** What came of taking ticks: they are taken, by us or by somebody else, or the queue has no room. */
type Taking = "done" | "no room";

/** Finds out whose time has come. Any number of servers may do so at once: each tick is taken by one. */
export function createRunner(deps: { store: Store; clock: Clock; log: Log; audit: Audit; queue: CallQueue }) {
  const { store, clock, log, audit, queue } = deps;

  const suspend = async (tx: Tx, record: ScheduleRecord, suspension: Suspension, at: EpochMs): Promise<void> => {
    if (!(await claimTick(tx, record, { kind: "suspend", suspension }))) return;
    const target = { kind: "schedule", id: `${record.namespaceId}/${record.name}` };
    await appendChange(tx, { kind: "schedule", targetId: target.id, at });
    const actor = { id: null, kind: "system", name: "schedules", credential: null } as const;
    const details = { reason: suspension, owner: record.owner.id };
    await audit.record(tx, { teamId: record.teamId, actor, verb: "schedule.suspend", target, origin: null, details });
  };

  const run = async (tx: Tx, record: ScheduleRecord, caller: NamespacePrincipal, at: EpochMs): Promise<Taking> => {
    // After now, not after the tick: of all that were missed while no server was there, one is made up for.
    const nextRunAt = parseCron(record.cron)?.next(at) ?? null;
    if (!(await claimTick(tx, record, { kind: "run", at, nextRunAt }))) return "done";
    try {
      await queue.enqueue(tx, { caller, path: record.functionPath, body: record.body });
      return "done";
    } catch (error) {
      if (!(error instanceof LatchkeyError)) throw error;
      log.warn({ error }, "there is no room for scheduled calls; they are late");
      await returnTick(tx, record);
      return "no room";
    }
  };

  const take = async (tx: Tx, record: ScheduleRecord, at: EpochMs): Promise<Taking> => {
    const { ownerRole, owner, teamId, namespaceId, name } = record;
    const suspension = suspensionOf(ownerRole);
    if (ownerRole === null || suspension !== null) {
      await suspend(tx, record, suspension ?? "owner_left", at);
      return "done";
    }
    const caller: NamespacePrincipal = {
      user: owner,
      teamId,
      role: ownerRole,
      credentialKind: "schedule",
      credentialId: name,
      namespaceId,
      expiresAt: null,
      secretNumber: null,
      grants: effectiveGrants(ownerRole, FULL_GRANTS),
    };
    return run(tx, record, caller, at);
  };

  /** All in one transaction, for there may be many in the same second. */
  const takeAll = async (due: readonly Due[], now: EpochMs): Promise<Taking> => {
    const taking = await store.transaction(async (tx) => {
      for (const { id } of due) {
        const record = await findIfDue(tx, id, now);
        if (record !== undefined && (await take(tx, record, now)) === "no room") return "no room";
      }
      return "done";
    });
    queue.startQueued();
    return taking;
  };

  /** One that cannot be taken keeps no other from running; it stays due. */
  const takeEach = async (due: readonly Due[], now: EpochMs): Promise<Taking> => {
    for (const one of due) {
      const taking = await takeAll([one], now).catch((error: unknown) => {
        log.error({ error, schedule: one.id }, "a schedule could not be run");
        return "done";
      });
      if (taking === "no room") return taking;
    }
    return "done";
  };

  return {
    /** Has every function called whose time has come, as far as there is room; the others stay due. */
    async runDue(): Promise<void> {
      const now = clock.now();
      let last: Due | undefined;
      do {
        const due = await findDue(store.db, now, BATCH, last);
        if (due.length === 0) return;
        const taking = await takeAll(due, now).catch(() => takeEach(due, now));
        if (taking === "no room") return;
        last = due.at(-1);
        // SQLite answers in the same turn, so without this nobody else would have one before all are taken.
        await setImmediate();
      } while (last !== undefined);
    },
  };
}
