/** Functions that are called at each event. */
export interface Listeners<Args extends unknown[]> {
  /** Returns a function that removes the listener. A function that is added again stays one listener. */
  add(this: void, listener: (...args: Args) => void): () => void;
  /**
   * Calls all listeners in the order in which they were added. Those that are added meanwhile are called from the next event on, and those
   * that are removed meanwhile are not called any more. A listener must not throw: the listeners after it would not be called.
   */
  notify(this: void, ...args: Args): void;
  /** Removes all listeners. */
  clear(this: void): void;
}

export function createListeners<Args extends unknown[] = []>(): Listeners<Args> {
  const listeners = new Set<(...args: Args) => void>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    notify(...args) {
      for (const listener of [...listeners]) if (listeners.has(listener)) listener(...args);
    },
    clear: () => listeners.clear(),
  };
}
