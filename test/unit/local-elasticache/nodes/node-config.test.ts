import { describe, expect, it } from 'vitest';
import { renderNodesConf, memberId } from '../../../../src/local-elasticache/nodes/cluster/nodes-conf.js';
import { renderConfig } from '../../../../src/local-elasticache/nodes/config.js';

const node = {
  host: '127.0.0.1',
  port: 21_001,
  directory: '/data/orders "one"',
  administrator: { username: 'endpoint', password: 'canary-secret' },
  settings: {},
};

describe('the configuration of a node', () => {
  it('quotes all values', () => {
    expect(renderConfig(node)).toContain('dir "/data/orders \\"one\\""\n');
    expect(renderConfig({ ...node, settings: { 'notify-keyspace-events': 'x\nport 1' } })).toContain(
      'notify-keyspace-events "x\\nport 1"\n',
    );
  });

  it('allows settings to change defaults but not settings of the endpoint', () => {
    const lines = renderConfig({ ...node, settings: { appendfsync: 'always', port: '1' } }).split('\n');
    expect(lines.filter((line) => line.startsWith('appendfsync')).at(-1)).toBe('appendfsync "always"');
    expect(lines.filter((line) => line.startsWith('port')).at(-1)).toBe('port 21001');
  });

  it.each(['include', 'loadmodule', 'user', 'Port', 'a b'])('refuses the setting %s', (name) => {
    expect(() => renderConfig({ ...node, settings: { [name]: 'x' } })).toThrow('setting');
  });

  it('listens with TLS only if there are certificates', () => {
    const tls = { certificate: '/c', key: '/k', authority: '/a' };
    const config = renderConfig({ ...node, tls, busPort: 21_002 });
    expect(config).toMatch(/^port 0$/m);
    expect(config).toMatch(/^tls-port 21001$/m);
    expect(config).toMatch(/^tls-cluster "yes"$/m);
    expect(config).toMatch(/^cluster-port 21002$/m);
  });
});

describe('the topology that a cluster member starts from', () => {
  const common = { host: '127.0.0.1', tls: false };
  const members = [
    { ...common, name: 'a', port: 1, busPort: 11, slots: '0-8191' },
    { ...common, name: 'b', port: 2, busPort: 12, slots: '8192-16383' },
    { ...common, name: 'c', port: 3, busPort: 13, follows: 'b' },
  ];

  it('names the member itself, the slots and the primary of each replica', () => {
    const lines = renderNodesConf('orders', members, 'c').split('\n');
    expect(lines[0]).toMatch(
      /^[0-9a-f]{40} 127\.0\.0\.1:1@11,,tls-port=0,shard-id=[0-9a-f]{40} master - 0 0 1 connected 0-8191$/,
    );
    expect(lines[2]).toContain(`myself,slave ${memberId('orders', 'b')} 0 0 2 connected`);
    expect(lines[3]).toBe('vars currentEpoch 2 lastVoteEpoch 0');
  });

  it('differs between clusters, so that two never merge', () => {
    expect(memberId('orders', 'a')).not.toBe(memberId('other', 'a'));
  });
});
