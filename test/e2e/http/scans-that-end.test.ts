import { expect, it } from 'vitest';
import { serve } from '../../helpers/apis/served-api.js';
import { eventually } from '../../helpers/run/eventually.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

const keys = 100_000;

it.each([
  ['leaves', undefined],
  ['no longer waits, because the operation may not take longer', { operationTimeoutMs: 500 }],
])('a scan for the biggest keys ends when the client %s', async (_, limits) => {
  await using server = await startValkey();
  await server.command('EVAL', `for at = 1, ${keys} do redis.call("SET", "k:" .. at, "v") end`, '0');
  await using api = await serve({ orders: server }, limits ? { limits } : {});
  const measured = async (): Promise<number> =>
    Number(/cmdstat_memory\|usage:calls=(\d+)/.exec(String(await server.command('INFO', 'commandstats')))?.[1] ?? 0);
  const leaving = new AbortController();
  const answer = fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ cluster(name: "orders") { bigKeys(maxScanned: 1000000) { scanned } } }' }),
    signal: leaving.signal,
  }).then(
    async (response) => (await response.json()).errors[0].extensions.code,
    () => 'left',
  );
  await eventually(async () => expect(await measured()).toBeGreaterThan(0));
  if (!limits) leaving.abort();
  expect(await answer).toBe(limits ? 'TIMEOUT' : 'left');
  let last = -1;
  let equal = 0;
  await eventually(async () => {
    const now = await measured();
    equal = now === last ? equal + 1 : 0;
    last = now;
    if (equal < 20) throw new Error('It is still scanning.');
  });
  expect(last).toBeLessThan(keys);
});
