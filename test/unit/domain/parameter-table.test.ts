import { describe, expect, it } from 'vitest';
import {
  changedSettings,
  checkParameterValue,
  engineParameters,
  nodeSettings,
} from '../../../src/domain/cluster/parameter-table.js';

describe('parameters of parameter groups', () => {
  it('accept their own defaults', () => {
    for (const { name, defaultValue, modifiable } of engineParameters(false)) {
      if (modifiable) expect(() => checkParameterValue(name, defaultValue), name).not.toThrow();
    }
  });

  it.each([
    ['timeout', '0'],
    ['timeout', '20'],
    ['slowlog-log-slower-than', '-1'],
    ['list-max-listpack-size', '-5'],
    ['notify-keyspace-events', 'KEA$'],
    ['active-defrag-ignore-bytes', '1048576'],
  ])('accept %s %s', (name, value) => {
    expect(() => checkParameterValue(name, value)).not.toThrow();
  });

  it.each([
    ['timeout', '19'],
    ['list-max-listpack-size', '-6'],
    ['maxmemory-policy', 'ALLKEYS'],
    ['maxmemory-samples', '1e3'],
    ['maxmemory-samples', ''],
    ['notify-keyspace-events', 'K E'],
    ['appendonly', 'yes'],
    ['dir', '/'],
    ['__proto__', 'x'],
  ])('refuse %s %s', (name, value) => {
    expect(() => checkParameterValue(name, value)).toThrow();
  });

  it('send only the settings of Valkey to nodes', () => {
    const values = { 'cluster-enabled': 'yes', 'reserved-memory-percent': '10', activedefrag: 'yes', timeout: '60' };
    expect(nodeSettings(values)).toEqual({ timeout: '60' });
  });

  it('return to the default if they are no longer set', () => {
    expect(changedSettings({ timeout: '60', databases: '4' }, { databases: '4', 'slowlog-max-len': '9' })).toEqual({
      timeout: '0',
      'slowlog-max-len': '9',
    });
    expect(changedSettings({}, {})).toEqual({});
  });
});
