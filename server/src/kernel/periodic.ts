/** Runs `task` every `everyMs` without keeping the process alive. A failure goes to `failed` and does not end the rhythm. */
export function periodically(
  everyMs: number,
  task: () => Promise<void> | void,
  failed: (error: unknown) => void,
): { stop(): void } {
  let running = false;
  const timer = setInterval(async () => {
    if (running) return;
    running = true;
    try {
      await task();
    } catch (error) {
      failed(error);
    } finally {
      running = false;
    }
  }, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
