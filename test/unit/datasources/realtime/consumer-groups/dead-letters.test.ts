import { expect, it } from 'vitest';
import { deadLetterCommand } from '../../../../../src/datasources/realtime/consumer-groups/dead-letters.js';

const bytes = (text: string) => Buffer.from(text);

it('A dead letter has the fields of its entry, then the facts about its deliveries', () => {
  const payload = Buffer.from([0xff, 0x00]);
  const command = deadLetterCommand(
    bytes('failed'),
    { cluster: 'orders', stream: bytes('work'), group: bytes('workers') },
    {
      id: '5-1',
      fields: [
        { name: bytes('payload'), value: payload },
        { name: bytes('payload'), value: bytes('again') },
      ],
    },
    { id: '5-1', consumer: bytes('ada'), idleMs: 7, deliveryCount: 3 },
  );
  expect(command).toEqual([
    'XADD',
    bytes('failed'),
    '*',
    ...[bytes('payload'), payload, bytes('payload'), bytes('again')],
    ...['dead-letter-reason', 'maxDeliveries'].map(bytes),
    ...['dead-letter-stream', 'work'].map(bytes),
    ...['dead-letter-group', 'workers'].map(bytes),
    ...['dead-letter-consumer', 'ada'].map(bytes),
    ...['dead-letter-entry-id', '5-1'].map(bytes),
    ...['dead-letter-deliveries', '3'].map(bytes),
  ]);
});
