/** The number of timers that follow one another. Each begins when the one before it was handled, so that a suspended process uses up one of them at most. */
const parts = 10;

/**
 * Calls `onTimeout` after this process has been able to handle events for so many milliseconds. Time in which it is suspended, or has no processor,
 * does not count: nothing could reach it. Returns a function that cancels the timeout.
 */
export function startRunningTimeout(ms: number, onTimeout: () => void): () => void {
  let left = parts;
  const partOver = (): void => {
    left -= 1;
    if (left > 0) timer = setTimeout(partOver, ms / parts);
    else onTimeout();
  };
  let timer = setTimeout(partOver, ms / parts);
  return () => clearTimeout(timer);
}
