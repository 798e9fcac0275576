import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { StallWatch } from '../delivery/stall-watch.js';

/**
 * Writes text, and waits until the client has read enough of it, however slowly it reads.
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
  const watch = new StallWatch(response.req.socket, stallTimeoutMs, () => response.destroy());
  const begin = (): void => watch.wrote();
  // A pipelined response waits for the one before it, and has no socket until then.
  response.on('socket', begin);
  begin();
  try {
    await once(response, 'drain', { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    response.off('socket', begin);
    watch.close();
  }
}
