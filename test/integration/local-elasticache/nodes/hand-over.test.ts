import { expect, test } from 'vitest';
import { enter, groupSpec, primaryOf, replicasOf, startFleet } from '../../../helpers/elasticache/fleet.js';

type Client = Awaited<ReturnType<typeof enter>>;

async function info(client: Client, section: string, pattern: RegExp): Promise<string | undefined> {
  return pattern.exec(String(await client.command('INFO', section)))?.[1];
}

test('A primary hands over within two attempts, whenever its replica has last reported its position', async () => {
  await using fleet = await startFleet();
  const group = await fleet.start(groupSpec({ replicas: 1 }));
  const old = primaryOf(group);
  const [replica] = replicasOf(group);
  await using client = await enter(old);
  await using writer = await enter(old);
  const writing = (async () => {
    for (let number = 0; ; number += 1) await writer.command('SET', 'number', String(number));
  })().catch(() => undefined);
  // A replica reports once a second. Right after a report, the next one comes later than an attempt may block writes.
  const reported = () => info(client, 'replication', /slave0:.*,offset=(\d+)/);
  for (const before = await reported(); (await reported()) === before;);
  await group.failover('0001', replica!.id);
  await writing;
  expect(primaryOf(group).id).toBe(replica!.id);
  await using after = await enter(old);
  expect(Number(await info(after, 'commandstats', /cmdstat_failover:calls=(\d+)/))).toBeLessThanOrEqual(2);
});
