import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Random } from "../../kernel/random.ts";
import type { Store } from "../../store/store.ts";
import { type Attempt, type Channel, judgeAttempt, MOST_ATTEMPTS, type Waiting } from "../model/outbox.ts";
import { claim, expireMessages, findDue, forgetMessages, settle } from "../queries/outbox.ts";
import type { Attempts } from "./attempt.ts";

const CHANNELS: readonly Channel[] = ["mail", "webhook"];
/** How much is told at the same time, for each channel, so that a mail server that hangs holds up no webhook. */
const AT_ONCE = 4;
/** How much longer than an attempt a row is left to whoever took it up. */
const LEASE_MARGIN_MS = 60_000;
/** How long it can be looked up what became of something. */
const REMEMBERED_MS = 30 * 24 * 3_600_000;

/** Tells what waits in the outbox, and writes down what became of it. */
export function createWorker(deps: {
  store: Store;
  clock: Clock;
  random: Random;
  log: Log;
  attempts: Attempts;
  timeoutMs: number;
}) {
  const { store, clock, random, log, attempts, timeoutMs } = deps;
  const closing = new AbortController();
  let isClosing = false;
  const running: Record<Channel, Set<Promise<void>>> = { mail: new Set(), webhook: new Set() };
  /** Teams whose webhook is being called, and no team whose mails are: a receiver that hangs holds up nobody else. */
  const busy: Record<Channel, Set<string>> = { mail: new Set(), webhook: new Set() };

  /** Calls `work` with what has been due longest, if there is anything. Returns whether there was. */
  const withDue = async (channel: Channel, work: (row: Waiting) => Promise<void>): Promise<boolean> => {
    const now = clock.now();
    const due = await findDue(store.db, { channel, now, except: [...busy[channel]] });
    if (due === undefined) return false;
    const team = channel === "webhook" ? due.teamId : null;
    // Taken meanwhile: look again, without that team.
    if (team !== null && busy[channel].has(team)) return true;
    if (team !== null) busy[channel].add(team);
    try {
      const row = await store.transaction((tx) => claim(tx, due, now + timeoutMs + LEASE_MARGIN_MS));
      if (row !== undefined) await work(row);
    } finally {
      if (team !== null) busy[channel].delete(team);
    }
    return true;
  };

  const attempt = async (channel: Channel, row: Waiting): Promise<Attempt> => {
    // Whoever made the last attempt was killed by it, or at it.
    if (row.attempts > MOST_ATTEMPTS) return { kind: "refused", error: "every attempt was cut off" };
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]);
    const outcome = await attempts[channel](row, signal).catch((error: unknown): Attempt => {
      log.error({ error, id: row.id, channel }, "a notification cannot be told");
      return { kind: "failed", error: "an error of this server" };
    });
    return outcome.kind === "failed" && closing.signal.aborted
      ? { kind: "cut off", error: "cut off by a stop" }
      : outcome;
  };

  const tell = async (channel: Channel, row: Waiting): Promise<void> => {
    const outcome = await attempt(channel, row);
    const jitter = (random.bytes(1)[0] ?? 0) / 255;
    const verdict = judgeAttempt(outcome, row, clock.now(), jitter);
    await store.transaction((tx) => settle(tx, row, verdict, clock.now()));
    if (verdict.state === "sent") return;
    const { id, kind, attempts: count } = row;
    const fields = { id, channel, kind, attempts: count, state: verdict.state, error: verdict.error };
    // Webhooks are the team's affair, which sees its deliveries; the mail server is the operator's.
    log[channel === "mail" ? "warn" : "info"](fields, "a notification was not delivered");
  };

  const work = async (channel: Channel): Promise<void> => {
    const next = async (row: Waiting): Promise<void> => {
      // There may be more, and somebody free.
      start(channel);
      await tell(channel, row);
    };
    while (!isClosing && (await withDue(channel, next)));
  };

  /** One more that works through what is due, unless there are enough. */
  const start = (channel: Channel): void => {
    if (isClosing || running[channel].size >= AT_ONCE) return;
    const task = work(channel)
      .catch((error: unknown) => log.error({ error, channel }, "the outbox cannot be worked through"))
      .finally(() => running[channel].delete(task));
    running[channel].add(task);
  };

  const idle = async (): Promise<void> => {
    for (const channel of CHANNELS) while (running[channel].size > 0) await Promise.all(running[channel]);
  };

  return {
    /** Begins to tell what is due; returns at once. */
    wake: (): void => CHANNELS.forEach(start),

    /** Resolves when nothing is being told any more. */
    idle,

    /** Gives up what came too late, and forgets what was finished long ago. */
    async tidy(): Promise<void> {
      const now = clock.now();
      await store.transaction(async (tx) => {
        await expireMessages(tx, now);
        await forgetMessages(tx, now - REMEMBERED_MS);
      });
    },

    /** Takes up nothing more, and leaves what is under way `graceMs` to end before it is cut off. */
    async close(graceMs: number): Promise<void> {
      isClosing = true;
      const cutOff = setTimeout(() => closing.abort(), graceMs);
      await idle();
      clearTimeout(cutOff);
    },
  };
}
