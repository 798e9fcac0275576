import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { startProcess } from '../../helpers/run/built-programs.js';
import { serve } from '../../helpers/apis/served-api.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

/** The resources that keep this process alive, by kind. */
function activeResources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

test('10,000 subscriptions that are left, or whose client is killed, leave no channel, timer or socket', async () => {
  await using valkey = await startValkey();
  await using api = await serve({ orders: valkey });
  const channels = async (): Promise<number> =>
    Number(/pubsub_channels:(\d+)/.exec(String(await valkey.command('INFO', 'stats')))?.[1]);
  const start = (): ChildProcess => startProcess('clients/dropped-subscriptions-process', [api.url, '100', '50']);
  const before = activeResources();

  const [polite, doomed] = [start(), start()];
  try {
    await eventually(async () => expect(await channels()).toBe(10_000), 60_000);
    polite.send('leave');
    doomed.kill('SIGKILL');
    await eventually(async () => expect(await channels()).toBe(0));
    polite.kill('SIGKILL');
    await Promise.all([polite, doomed].map(async (child) => child.signalCode ?? (await once(child, 'exit'))));
  } finally {
    for (const child of [polite, doomed]) child.kill('SIGKILL');
  }
  await eventually(() => {
    for (const [name, count] of Object.entries(activeResources())) {
      // The subscriber connection itself is kept for a while.
      expect(count, name).toBeLessThanOrEqual((before[name] ?? 0) + (name === 'TCPSocketWrap' ? 2 : 0));
    }
  });
}, 120_000);
