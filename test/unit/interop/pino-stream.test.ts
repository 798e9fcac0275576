import { pino } from 'pino';
import { expect, test } from 'vitest';
import { streamOf } from '../../../src/interop/pino-stream.js';

test('pino writes its lines to the stream, and so do its child loggers', () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = pino({}, destination);
  log.info('one');
  streamOf(log).write('two\n');
  streamOf(log.child({ a: 1 })).write('three\n');
  expect(streamOf(log)).toBe(destination);
  expect(lines).toEqual([expect.stringContaining('"msg":"one"'), 'two\n', 'three\n']);
});

test('an object that is no logger of pino is refused', () => {
  expect(() => streamOf({})).toThrow('Expected a logger of pino.');
});
