import { createClient } from '@redis/client';

/**
 * Adds entries to the stream `log` at a steady rate until its parent asks it to stop, then sends their IDs. A separate process,
 * so that the load does not share a core with the tested code.
 */
const [url = '', rate = '1000'] = process.argv.slice(2);
const tickMs = 10;

const client = createClient({ url });
await client.connect();
const ids: Promise<string>[] = [];
const start = performance.now();
const timer = setInterval(() => {
  const due = Math.floor(((performance.now() - start) / 1000) * Number(rate));
  while (ids.length < due) ids.push(client.xAdd('log', '*', { n: String(ids.length) }));
}, tickMs);

process.once('message', () => {
  clearInterval(timer);
  void Promise.all(ids).then(async (added) => {
    await new Promise<void>((resolve) => process.send?.(added, () => resolve()));
    await client.close();
    process.disconnect();
  });
});
