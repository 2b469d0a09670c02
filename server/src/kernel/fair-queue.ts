/** Refused: so many are waiting already, from this source or in all, that it would take too long. */
export const TOO_BUSY = Symbol("too busy");

type Waiting = { readonly start: () => void };

/**
 * Lets costly work run a few at a time. Sources take turns, however many pieces each of them has waiting: who sends thousands waits
 * behind everybody who sends one. What waits is bounded, so that a flood costs no memory.
 */
export function createFairQueue(limits: { atOnce: number; waitingPerSource: number; sources: number }) {
  /** In the order in which they get their next turn. */
  const waiting = new Map<string, Waiting[]>();
  let running = 0;

  const next = (): void => {
    const [turn] = waiting;
    if (turn === undefined || running >= limits.atOnce) return;
    const [source, pieces] = turn;
    waiting.delete(source);
    const piece = pieces.shift();
    if (pieces.length > 0) waiting.set(source, pieces);
    running += 1;
    piece?.start();
  };

  return {
    /** Runs `work` when it is the source's turn; `TOO_BUSY`, at once, if there is no room to wait. */
    run<T>(source: string, work: () => Promise<T>): Promise<T | typeof TOO_BUSY> {
      const pieces = waiting.get(source);
      const isFull = pieces === undefined ? waiting.size >= limits.sources : pieces.length >= limits.waitingPerSource;
      if (isFull) return Promise.resolve(TOO_BUSY);
      return new Promise<T>((resolve, reject) => {
        const start = (): void => {
          work()
            .then(resolve, reject)
            .finally(() => {
              running -= 1;
              next();
            });
        };
        if (pieces === undefined) waiting.set(source, [{ start }]);
        else pieces.push({ start });
        next();
      });
    },
  };
}
