import { expect, test } from 'vitest';
import { parseClientList } from '../../../../../../src/datasources/valkey/values/nodes/client-list.js';

test('clients are read whatever they call themselves, and ordered by ID', () => {
  const list = Buffer.concat([
    Buffer.from(
      'id=12 addr=10.0.0.7:50312 fd=8 name=id=1,user=admin age=5 idle=2 flags=Pb db=3 cmd=client|list user=a',
    ),
    Buffer.from([0xff]),
    Buffer.from(' lib-name=redis-py lib-ver=5.0 tot-mem=22298\n'),
    Buffer.from('id=3 addr=/run/valkey name=evil.sock:0 name=true age=0 idle=0 flags=N cmd=NULL user=default\n'),
    Buffer.from('\ngarbage\n'),
  ]);
  expect(parseClientList(list)).toEqual([
    {
      clientId: 3,
      address: '/run/valkey',
      name: 'evil.sock:0',
      user: 'default',
      library: null,
      libraryVersion: null,
      database: null,
      ageSeconds: 0,
      idleSeconds: 0,
      flags: ['N'],
      lastCommand: null,
      memoryBytes: null,
    },
    {
      clientId: 12,
      address: '10.0.0.7:50312',
      name: 'id=1,user=admin',
      user: 'a\\xff',
      library: 'redis-py',
      libraryVersion: '5.0',
      database: 3,
      ageSeconds: 5,
      idleSeconds: 2,
      flags: ['P', 'b'],
      lastCommand: 'client|list',
      memoryBytes: 22298,
    },
  ]);
});
