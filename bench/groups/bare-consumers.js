// A typical consumer without cachegraph: each one reads, and acknowledges each read with one XACK.
import { createClient } from 'redis';

const [, , port, consumers, entries] = process.argv;
const clients = await Promise.all(
  Array.from({ length: Number(consumers) }, () =>
    createClient({
      url: `redis://127.0.0.1:${port}`,
      commandOptions: { timeout: undefined },
      maintNotifications: 'disabled',
    }).connect(),
  ),
);
let left = Number(entries);

process.once('message', async () => {
  await Promise.all(clients.map(work));
  process.send('done');
});
process.once('disconnect', () => process.exit());
process.send('ready');

async function work(client, number) {
  while (left > 0) {
    const reply = await client.xReadGroup(
      'workers',
      `consumer-${number}`,
      { key: 'jobs', id: '>' },
      { COUNT: 100, BLOCK: 50 },
    );
    for (const { messages } of reply ?? []) {
      await client.xAck(
        'jobs',
        'workers',
        messages.map(({ id }) => id),
      );
      left -= messages.length;
    }
  }
}
