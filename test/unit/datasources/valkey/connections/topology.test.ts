import { expect, test } from 'vitest';
import { parseRedirect } from '../../../../../src/datasources/valkey/connections/routing/redirect.js';
import { parseClusterSlots, slotTable } from '../../../../../src/datasources/valkey/connections/topology/topology.js';

const node = (host: string, port: string) => [Buffer.from(host), port, Buffer.from('id')];
const asked = { host: 'cache.example', port: 7000 };

test('the reply of CLUSTER SLOTS is parsed into shards, ordered by their lowest slot', () => {
  const topology = parseClusterSlots(
    [
      ['5461', '10922', node('b', '7001'), node('c', '7002')],
      ['0', '100', node('', '7000')],
      ['200', '5460', node('', '7000')],
    ],
    asked,
  );
  expect(topology).toEqual([
    {
      primary: { host: 'cache.example', port: 7000 },
      replicas: [],
      ranges: [
        [0, 100],
        [200, 5460],
      ],
    },
    { primary: { host: 'b', port: 7001 }, replicas: [{ host: 'c', port: 7002 }], ranges: [[5461, 10922]] },
  ]);
  const table = slotTable(topology);
  expect([table[100], table[101], table[5461]]).toEqual([topology[0], undefined, topology[1]]);
});

test('redirections are parsed, including those without a host and those with an IPv6 address', () => {
  expect(parseRedirect('MOVED 3999 127.0.0.1:6381', asked)).toEqual({
    kind: 'moved',
    to: { host: '127.0.0.1', port: 6381 },
  });
  expect(parseRedirect('ASK 3999 :6381', asked)).toEqual({ kind: 'ask', to: { host: 'cache.example', port: 6381 } });
  expect(parseRedirect('MOVED 1 ::1:6381', asked)).toEqual({ kind: 'moved', to: { host: '::1', port: 6381 } });
  expect(parseRedirect("READONLY You can't write against a read only replica.", asked)).toMatchObject({ kind: 'wait' });
  expect(parseRedirect('WRONGTYPE Operation against a key', asked)).toBeUndefined();
});
