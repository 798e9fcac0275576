import { expect, it } from 'vitest';
import { enter, groupSpec, primaryOf, processId, startFleet } from '../../../helpers/elasticache/fleet.js';
import { eventually } from '../../../helpers/run/eventually.js';

const kills = 6;

it('a node that is killed keeps every write that it has acknowledged', { timeout: 90_000 }, async () => {
  await using fleet = await startFleet();
  const node = primaryOf(await fleet.start(groupSpec({})));
  let acknowledged = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const found = await eventually(async () => {
      await using client = await enter(node);
      return Number(await client.command('GET', 'count'));
    });
    expect(found).toBe(acknowledged);
    await using client = await enter(node);
    const pid = await processId(node);
    const write = async (): Promise<void> => {
      await client.command('SET', 'count', String(acknowledged + 1));
      acknowledged += 1;
    };
    // In the first moments of a second: with `appendfsync everysec` Valkey flushes then, and keeps further writes in its memory meanwhile.
    for (const second = seconds(); seconds() === second;) await write();
    for (let more = 0; more < 5; more += 1) await write();
    process.kill(pid, 'SIGKILL');
  }
});

const seconds = (): number => Math.floor(Date.now() / 1_000);
