import type { Log } from "../../kernel/log.ts";
import type { Store } from "../../store/store.ts";
import type { Tx } from "../../store/transaction.ts";
import type { ActivationId } from "../model/activations.ts";
import type { AcceptedInvocation } from "../model/invocations.ts";
import { insertInvocations, removeInvocations, returnInvocations, takeInvocations } from "../queries/invocations.ts";

const RETRY_MS = 1000;
/** How long what nobody waits for waits for company: a commit costs more than what is in it. */
const LEISURE_MS = 50;

type Insert = { readonly invocation: AcceptedInvocation; readonly startedBy: string | null };
type Batch = { inserts: Insert[]; takes: ActivationId[]; returns: ActivationId[]; removals: ActivationId[] };
type Taken = ReadonlySet<string>;
type Promised = PromiseWithResolvers<Taken>;

/**
 * What has been accepted, written down. Whatever is to be written while a commit is under way goes into the next one together,
 * so that many invocations share the price of one.
 */
export function createLedger({
  store,
  log,
  startedBy,
}: {
  store: Pick<Store, "transaction">;
  log: Log;
  startedBy: string;
}) {
  let waiting: Batch = empty();
  let promised: Promised | null = null;
  let isCommitting = false;
  let later: NodeJS.Timeout | null = null;

  const commit = async (batch: Batch): Promise<Taken> =>
    store.transaction(async (tx) => {
      const { inserts, takes, returns, removals } = batch;
      // In the order in which one invocation can go through them.
      if (inserts.length > 0) await insertInvocations(tx, inserts);
      const taken = takes.length > 0 ? await takeInvocations(tx, takes, startedBy) : [];
      if (returns.length > 0) await returnInvocations(tx, returns);
      if (removals.length > 0) await removeInvocations(tx, removals);
      return new Set(taken);
    });

  /** What nobody waits for is tried again. */
  const keepTrying = ({ removals }: Batch): void => {
    if (removals.length === 0) return;
    waiting.removals.push(...removals);
    runAfter(RETRY_MS);
  };

  const runAfter = (ms: number): void => {
    later ??= setTimeout(() => {
      later = null;
      void run();
    }, ms).unref();
  };

  const run = async (): Promise<void> => {
    if (isCommitting) return;
    isCommitting = true;
    while (isPending(waiting)) {
      const batch = waiting;
      const whoWaits = promised;
      waiting = empty();
      promised = null;
      try {
        const taken = await commit(batch);
        whoWaits?.resolve(taken);
      } catch (error) {
        log.warn({ error }, "accepted invocations could not be written down");
        whoWaits?.reject(error);
        keepTrying(batch);
        break;
      }
    }
    isCommitting = false;
    if (promised !== null) schedule();
  };

  /** Not at once: what else this turn brings goes along. */
  const schedule = (): void => {
    if (!isCommitting) setImmediate(() => void run());
  };

  const committed = (): Promise<Taken> => {
    promised ??= Promise.withResolvers<Taken>();
    schedule();
    return promised.promise;
  };

  return {
    /** In somebody else's transaction. */
    write: (tx: Tx, invocation: AcceptedInvocation): Promise<void> =>
      insertInvocations(tx, [{ invocation, startedBy: null }]),

    /** Resolves when all of them are written down, to wait. */
    async accept(invocations: readonly AcceptedInvocation[]): Promise<void> {
      if (invocations.length === 0) return;
      waiting.inserts.push(...invocations.map((invocation) => ({ invocation, startedBy: null })));
      await committed();
    },

    /** Resolves when it is written down as one that has been started. */
    async acceptStarted(invocation: AcceptedInvocation): Promise<void> {
      waiting.inserts.push({ invocation, startedBy });
      await committed();
    },

    /** Resolves with whether it is ours to run: with false if it waits no more. */
    async take(id: ActivationId): Promise<boolean> {
      waiting.takes.push(id);
      return (await committed()).has(id);
    },

    /** Resolves when it waits again. */
    async giveBack(id: ActivationId): Promise<void> {
      waiting.returns.push(id);
      await committed();
    },

    /** It has ended, and its record is written: whoever finds the row before it is removed finds that, too. */
    remove(id: ActivationId): void {
      waiting.removals.push(id);
      runAfter(LEISURE_MS);
    },

    /** Resolves when nothing is left to write, or cannot be written now. */
    async settle(): Promise<void> {
      while (isCommitting) await new Promise((resolve) => setImmediate(resolve));
      if (later !== null) clearTimeout(later);
      later = null;
      await run();
    },
  };
}

export type Ledger = ReturnType<typeof createLedger>;

const empty = (): Batch => ({ inserts: [], takes: [], returns: [], removals: [] });
const isPending = (batch: Batch): boolean => Object.values(batch).some(({ length }) => length > 0);
