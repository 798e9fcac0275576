import { expect, it } from 'vitest';
import { defaultLimits } from '../../../../src/datasources/valkey/connections/limits.js';
import { openNodeConnection } from '../../../../src/datasources/valkey/connections/nodes/node-connection.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';

it('a retired connection answers the commands in flight, refuses others, and is then closed', async () => {
  await using server = await startValkey();
  const access = { endpoint: { host: server.host, port: server.port }, database: 0 };
  const open = () =>
    openNodeConnection(
      { ...access, tls: undefined, credentials: undefined, metrics: undefined },
      { limits: defaultLimits },
    );
  const [retired, other] = [await open(), await open()];
  const clients = async (): Promise<number> =>
    String(await other.send(['CLIENT', 'LIST']))
      .trim()
      .split('\n').length;
  const both = await clients();
  const popped = retired.send(['BLPOP', 'queue', '5']);
  retired.retire();
  expect(retired.isReady).toBe(false);
  await expect(retired.send(['PING'])).rejects.toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
  expect(await clients()).toBe(both);
  await other.send(['RPUSH', 'queue', 'value']);
  expect(String(await popped)).toBe('queue,value');
  await eventually(async () => expect(await clients()).toBe(both - 1));

  const idle = await open();
  idle.retire();
  await eventually(async () => expect(await clients()).toBe(both - 1));
  other.close();
});
