import { describe, expect, it } from 'vitest';
import { changedSettings, nodeSettings, nodeTypeParameters } from '../../../src/domain/cluster/node-settings.js';
import { parameterFamilies } from '../../../src/domain/parameters/parameter-families.js';
import { checkParameterValue, engineParameters } from '../../../src/domain/parameters/parameter-table.js';

const named = (family: string, name: string) => engineParameters(family, false).find((known) => known.name === name);

describe('parameters of parameter groups', () => {
  it.each(parameterFamilies)('accept their own defaults in family %s', (family) => {
    for (const { name, defaultValue, modifiable } of engineParameters(family, false)) {
      if (modifiable) expect(() => checkParameterValue(family, name, defaultValue), name).not.toThrow();
    }
  });

  it('differ between families', () => {
    expect(named('redis4.0', 'min-slaves-to-write')).toBeDefined();
    expect(named('redis5.0', 'min-slaves-to-write')).toBeUndefined();
    expect(named('redis6.x', 'hash-max-ziplist-entries')).toBeDefined();
    expect(named('redis7', 'hash-max-ziplist-entries')).toBeUndefined();
    expect(named('redis6.x', 'activerehashing')).toMatchObject({ modifiable: true, changeType: 'requires-reboot' });
    expect(named('valkey8', 'activerehashing')).toMatchObject({ modifiable: false });
    expect(named('valkey7', 'repl-backlog-size')).toMatchObject({ defaultValue: '1048576' });
    expect(named('valkey8', 'repl-backlog-size')).toMatchObject({ defaultValue: '10485760' });
    expect(named('valkey8', 'search-default-timeout-ms')).toMatchObject({ minimumEngineVersion: '8.2.0' });
    expect(named('valkey9', 'search-default-timeout-ms')).toMatchObject({ minimumEngineVersion: '9.0.0' });
    expect(named('redis5.0', 'rename-commands')).toMatchObject({ minimumEngineVersion: '5.0.3', dataType: 'string' });
    expect(named('valkey9', 'cluster-databases')).toMatchObject({ modifiable: false, dataType: 'integer' });
  });

  it.each([
    ['timeout', '0'],
    ['timeout', '20'],
    ['timeout', '2147483647'],
    ['maxmemory-samples', '64'],
    ['slowlog-log-slower-than', '-1'],
    ['notify-keyspace-events', 'KEA$'],
    ['notify-keyspace-events', 'Kg$lshzxetdmn'],
    ['active-defrag-ignore-bytes', '1048576'],
    ['rename-commands', 'KEYS all-keys FLUSHALL nothing'],
  ])('accept %s %s', (name, value) => {
    expect(() => checkParameterValue('valkey8', name, value)).not.toThrow();
  });

  it.each([
    ['timeout', '19'],
    ['list-max-listpack-size', '-5'],
    ['maxmemory-policy', 'ALLKEYS'],
    ['maxmemory-samples', '1e3'],
    ['maxmemory-samples', ''],
    ['notify-keyspace-events', 'K E'],
    ['notify-keyspace-events', 'KZ'],
    ['timeout', '2147483648'],
    ['maxmemory-samples', '65'],
    ['slowlog-log-slower-than', '-2'],
    ['rename-commands', 'KEYS'],
    ['rename-commands', 'CONFIG x'],
    ['rename-commands', 'KEYS a\r\nb'],
    ['appendonly', 'yes'],
    ['maxmemory', '1'],
    ['dir', '/'],
    ['__proto__', 'x'],
  ])('refuse %s %s', (name, value) => {
    expect(() => checkParameterValue('valkey8', name, value)).toThrow();
  });
});

describe('settings of nodes', () => {
  const of = (values: Record<string, string> = {}, nodeType = 'cache.t3.small') =>
    nodeSettings({ family: 'valkey8', nodeType, values });

  it('are the defaults of the family and the changes of the group', () => {
    expect(of({ timeout: '60' })).toMatchObject({
      timeout: '60',
      'maxmemory-policy': 'volatile-lru',
      'client-output-buffer-limit': 'normal 0 0 0 pubsub 33554432 8388608 60 replica 147102629 147102629 60',
    });
  });

  it('leave out what only ElastiCache has', () => {
    const names = Object.keys(of({ 'cluster-enabled': 'yes', 'reserved-memory-percent': '10', activedefrag: 'yes' }));
    for (const name of ['cluster-enabled', 'reserved-memory-percent', 'activedefrag', 'search-fanout-target-mode']) {
      expect(names).not.toContain(name);
    }
  });

  it('limit the data to the memory of the node type less the reserved share', () => {
    expect(of()).toMatchObject({ maxmemory: '1103269724' });
    expect(of({ 'reserved-memory-percent': '0' })).toMatchObject({ maxmemory: '1471026299' });
    expect(of({ 'reserved-memory-percent': '100' })).toMatchObject({ maxmemory: '1' });
    expect(of({}, 'cache.unknown.large')).not.toHaveProperty('maxmemory');
    const values = nodeTypeParameters('valkey8').map(({ name, valueOf }) => [name, valueOf('cache.r7g.large')]);
    expect(values).toEqual([
      ['client-output-buffer-limit-replica-hard-limit', '1403718103'],
      ['client-output-buffer-limit-replica-soft-limit', '1403718103'],
      ['maxmemory', '14037181030'],
    ]);
  });

  it('change to the default if they are no longer set', () => {
    expect(
      changedSettings(of({ timeout: '60', databases: '4' }), of({ databases: '4', 'slowlog-max-len': '9' })),
    ).toEqual({ timeout: '0', 'slowlog-max-len': '9' });
    expect(changedSettings(of(), of())).toEqual({});
  });
});
