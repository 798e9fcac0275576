import { expect, test } from 'vitest';
import { nodeInfoOf } from '../../../../../../src/datasources/valkey/values/nodes/node-info.js';
import { parseInfo } from '../../../../../../src/datasources/valkey/values/nodes/info.js';

const replica = [
  '# Server',
  'redis_version:7.2.4',
  'server_name:valkey',
  'valkey_version:8.0.1',
  'uptime_in_seconds:42',
  '',
  '# Memory',
  'used_memory:1048576',
  'maxmemory:0',
  '# Clients',
  'connected_clients:3',
  '# Stats',
  'instantaneous_ops_per_sec:7',
  'keyspace_hits:5',
  'keyspace_misses:6',
  'evicted_keys:1',
  'expired_keys:2',
  '# Replication',
  'role:slave',
  'slave_repl_offset:90',
  'master_repl_offset:90',
].join('\r\n');

test('the INFO of a replica is parsed', () => {
  expect(nodeInfoOf(parseInfo(replica))).toEqual({
    version: '8.0.1',
    uptimeSeconds: 42,
    usedMemoryBytes: 1048576,
    maxMemoryBytes: 0,
    connectedClients: 3,
    opsPerSecond: 7,
    keyspaceHits: 5,
    keyspaceMisses: 6,
    evictedKeys: 1,
    expiredKeys: 2,
    role: 'REPLICA',
    replicationOffset: 90,
  });
});

test('missing lines and lines without a number count as 0', () => {
  expect(nodeInfoOf(parseInfo('redis_version:6.2.0\nrole:master\nused_memory:lots\n\ngarbage'))).toMatchObject({
    version: '6.2.0',
    role: 'PRIMARY',
    usedMemoryBytes: 0,
    replicationOffset: 0,
  });
});
