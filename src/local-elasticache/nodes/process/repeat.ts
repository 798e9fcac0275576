/** Runs a task again and again, `pauseMs()` after it has ended, until it is stopped. The task must not reject. */
export function repeat(task: () => Promise<void>, pauseMs: () => number): { stop(): void } {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const next = (): void => {
    if (!stopped) timer = setTimeout(() => void task().then(next), pauseMs());
  };
  next();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
