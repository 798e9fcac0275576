/** Named timers that do not keep the process alive. A name that is already running keeps its first timer. */
export interface Timers {
  once(name: string, ms: number, task: () => void): void;
  clear(): void;
}

export function createTimers(): Timers {
  const running = new Map<string, NodeJS.Timeout>();
  return {
    once(name, ms, task) {
      if (running.has(name)) return;
      const timer = setTimeout(() => {
        running.delete(name);
        task();
      }, ms);
      running.set(name, timer.unref());
    },
    clear() {
      for (const timer of running.values()) clearTimeout(timer);
      running.clear();
    },
  };
}
