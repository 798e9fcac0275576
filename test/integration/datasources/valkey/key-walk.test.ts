import { expect, it } from 'vitest';
import type { KeyType } from '../../../../src/domain/key/key.js';
import { createKeyWalk } from '../../../../src/datasources/valkey/values/scans/key-walk.js';
import { connectionsTo } from '../../../helpers/valkey/connections.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';

// The pacing of a job takes all other commands for those of other clients.
it.each([undefined, 'STRING', 'OTHER'] as const)(
  'a walk over keys of type %s reports how many commands it has sent',
  async (type: KeyType | undefined) => {
    await using server = await startValkey();
    await server.command('EVAL', 'for at = 1, 3000 do redis.call("SET", "k:" .. at, "v") end', '0');
    await using connections = connectionsTo(describeServer(server));
    const commands = await connections.commands('orders');
    await server.command('CONFIG', 'RESETSTAT');
    const walk = createKeyWalk({ type, includes: () => true });
    let sent = 0;
    for (;;) {
      const walked = await walk.next(commands, 500);
      sent += walked.sent;
      if (walked.isLast) break;
    }
    const stats = String(await server.command('INFO', 'commandstats'));
    const calls = [...stats.matchAll(/^cmdstat_(?:scan|type):calls=(\d+)/gm)];
    expect(sent).toBe(calls.reduce((sum, [, count]) => sum + Number(count), 0));
  },
);
