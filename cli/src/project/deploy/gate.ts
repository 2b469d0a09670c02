/** Lets so many through at a time; the others wait in the order they came. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** Makes a gate. */
export function createGate(width: number): Gate {
  const waiting: (() => void)[] = [];
  let free = width;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place is handed on, never freed in between: somebody new cannot slip past those who wait.
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
