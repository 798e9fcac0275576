import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../../../../src/datasources/valkey/command-error.js';
import { nodeMemoryOf } from '../../../../../../src/datasources/valkey/values/nodes/node-memory.js';
import { commandStatsOf } from '../../../../../../src/datasources/valkey/values/nodes/command-stats.js';
import { parseInfo, readInfo } from '../../../../../../src/datasources/valkey/values/nodes/info.js';

function fakeNode(answer: (args: string) => string) {
  const sent: string[] = [];
  return {
    sent,
    send: async (args: readonly unknown[]) => {
      sent.push(args.join(' '));
      await Promise.resolve();
      return Buffer.from(answer(args.join(' ')));
    },
  };
}

describe('INFO', () => {
  it.each([
    [['memory'], 'INFO memory'],
    [['memory', 'cpu', 'memory'], 'INFO memory cpu'],
    [['default'], 'INFO'],
    [['memory', 'default', 'keyspace', 'commandstats'], 'INFO default keyspace commandstats'],
  ])('of the sections %j is one command', async (sections, expected) => {
    const node = fakeNode(() => '');
    await readInfo(node, sections);
    expect(node.sent).toEqual([expected]);
  });

  it('asks a server for everything that accepts one section only', async () => {
    const node = fakeNode((args) => {
      if (args !== 'INFO everything') throw new CommandError('ERR syntax error');
      return '# CPU\r\nused_cpu_sys:1\r\n';
    });
    expect(await readInfo(node, ['cpu', 'memory'])).toEqual([
      { name: 'CPU', entries: [{ name: 'used_cpu_sys', value: '1' }] },
    ]);
    expect(node.sent).toEqual(['INFO cpu memory', 'INFO everything']);
    await expect(readInfo(node, ['cpu'])).rejects.toThrow('syntax error');
  });

  it('is parsed by sections, whatever values contain', () => {
    expect(parseInfo('lost:1\r\n# Server\r\nexecutable:/a:b#c\r\nempty:\r\n\r\nno colon\r\n# Empty\r\n')).toEqual([
      { name: '', entries: [{ name: 'lost', value: '1' }] },
      {
        name: 'Server',
        entries: [
          { name: 'executable', value: '/a:b#c' },
          { name: 'empty', value: '' },
        ],
      },
      { name: 'Empty', entries: [] },
    ]);
  });

  it('without a number of memory is not supported, whose name the error has', () => {
    const info = parseInfo('# Memory\r\nused_memory:1\r\nused_memory_peak:2\r\nused_memory_overhead:\r\n');
    expect(() => nodeMemoryOf(info)).toThrow(
      expect.objectContaining({
        code: 'NOT_SUPPORTED',
        message: expect.stringContaining('used_memory_overhead') as string,
      }),
    );
  });

  it('of an empty node whose overhead is larger than its memory has no bytes of keys', () => {
    const others = ['used_memory:1', 'used_memory_peak:2', 'used_memory_overhead:3'];
    const info = parseInfo(['# Memory', ...others, 'used_memory_dataset:18446744073709527040'].join('\r\n'));
    expect(nodeMemoryOf(info)).toMatchObject({ usedBytes: 1, overheadBytes: 3, datasetBytes: 0, maxBytes: null });
  });

  it('has statistics of commands, which earlier versions count less of', () => {
    const info = parseInfo(
      '# Commandstats\r\ncmdstat_get:calls=2,usec=5,usec_per_call=2.50\r\ncmdstat_a:calls=1,usec=5\r\n',
    );
    expect(commandStatsOf(info)).toMatchObject([
      { command: 'a', calls: 1, totalMicroseconds: 5, microsecondsPerCall: 0 },
      { command: 'get', calls: 2, microsecondsPerCall: 2.5, failedCalls: 0, rejectedCalls: 0 },
    ]);
  });
});
