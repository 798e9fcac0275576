import { expect, test } from 'vitest';
import { deadLetterFields, readDeadLetter } from '../../../src/domain/realtime/dead-letter.js';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const field = (name: string, value: string) => ({ name: bytes(name), value: bytes(value) });
const failed = {
  stream: bytes('wo\u0000rk\u00ff'),
  group: bytes('workers'),
  consumer: bytes('ada'),
  entryId: '5-1',
  deliveryCount: 3,
};

test('a dead letter holds the stream and the own fields of its entry', () => {
  const own = [field('n', '1'), field('n', '\u00ff')];
  expect(readDeadLetter(deadLetterFields(own, failed))).toEqual({ stream: failed.stream, own });
});

test('an entry that became a dead letter twice has the fields of the first time among its own', () => {
  const first = deadLetterFields([field('n', '1')], failed);
  const again = deadLetterFields(first, { ...failed, stream: bytes('second') });
  expect(readDeadLetter(again)).toEqual({ stream: bytes('second'), own: first });
});

test('other entries are no dead letters', () => {
  const letter = deadLetterFields([field('n', '1')], failed);
  for (const fields of [[], letter.slice(1), letter.slice(0, -1), [...letter, field('n', '2')], letter.toReversed()]) {
    expect(readDeadLetter(fields)).toBeUndefined();
  }
});
