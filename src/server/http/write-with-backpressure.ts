import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/**
 * Writes text, and waits until the client has read enough of it.
 * @throws the signal's reason, also if the client reads nothing for `stallTimeoutMs`
 */
export async function writeWithBackpressure(
  response: ServerResponse,
  text: string,
  signal: AbortSignal,
  stallTimeoutMs: number,
): Promise<void> {
  signal.throwIfAborted();
  if (response.write(text)) return;
  const stalled = setTimeout(() => response.destroy(), stallTimeoutMs);
  try {
    await once(response, 'drain', { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(stalled);
  }
}
