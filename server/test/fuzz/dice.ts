/** Choices that are the same for the same seed, so that what was found once is found again. */
export function createDice(seed: number) {
  let state = seed >>> 0;
  /** Mulberry32: from 0 up to 1, good enough to choose with. */
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count: number): number => Math.floor(roll() * count);
  return {
    below,
    /** Whether something happens that happens with this probability. */
    happens: (probability: number): boolean => roll() < probability,
    pick<T>(from: readonly [T, ...T[]]): T {
      return from[below(from.length)] ?? from[0];
    },
  };
}

export type Dice = ReturnType<typeof createDice>;
