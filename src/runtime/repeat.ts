interface Repetition {
  /** Asks for the pause again, and runs earlier if that is shorter now. */
  wake(): void;
  stop(): void;
}

/** Runs a task again and again, `pauseMs()` after it has ended, until it is stopped. The task must not reject. */
export function repeat(task: () => Promise<void>, pauseMs: () => number): Repetition {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Infinity;
  const plan = (): void => {
    const ms = pauseMs();
    const at = performance.now() + ms;
    if (isStopped || at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(run, ms);
  };
  const run = (): void => {
    timer = undefined;
    void task().then(() => {
      dueAt = Infinity;
      plan();
    });
  };
  plan();
  return {
    wake() {
      // A run under way asks for its pause when it has ended.
      if (timer) plan();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
