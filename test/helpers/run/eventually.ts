import { setTimeout as delay } from 'node:timers/promises';

/**
 * Retries until `attempt` resolves, and returns its result. Rejects with the last error after `withinMs`, or at once if
 * `isHopeless`.
 */
export async function eventually<Value>(
  attempt: () => Value | Promise<Value>,
  withinMs = 20_000,
  isHopeless: () => boolean = () => false,
): Promise<Value> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      if (performance.now() > deadline || isHopeless()) throw cause;
    }
    await delay(10);
  }
}
