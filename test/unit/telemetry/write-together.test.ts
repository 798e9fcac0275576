import { expect, test } from 'vitest';
import { writeTogether } from '../../../src/telemetry/log.js';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test('the lines of one turn are written together, in order, and once each', async () => {
  const written: string[] = [];
  const log = writeTogether({ write: (text) => void written.push(text) });
  log.write('one\n');
  log.write('two\n');
  expect(written).toEqual([]);
  await nextTurn();
  log.write('three\n');
  await nextTurn();
  await nextTurn();
  expect(written).toEqual(['one\ntwo\n', 'three\n']);
});

test('many lines are written before the end of the turn', async () => {
  const written: string[] = [];
  const log = writeTogether({ write: (text) => void written.push(text) });
  const line = `${'x'.repeat(999)}\n`;
  for (let count = 0; count < 200; count += 1) log.write(line);
  expect(written.map(({ length }) => length)).toEqual([66_000, 66_000, 66_000]);
  await nextTurn();
  expect(written.join('')).toBe(line.repeat(200));
});
