import { setTimeout as delay } from 'node:timers/promises';

/**
 * Tries until `attempt` no longer rejects, and answers what it answered. Rejects with its last failure after `withinMs`, or
 * at once where `isHopeless`.
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
