import { createClient } from 'redis';

/** The sources of the bare contenders: channels, or the ends of streams. Both call a listener with each text. */
export async function openSource(kind, port) {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, maintNotifications: 'disabled' });
  await client.connect();
  if (kind === 'channels') return client;
  const left = new Set();
  return {
    async subscribe(stream, listener) {
      const reader = await client.duplicate().connect();
      left.delete(stream);
      let id = '$';
      while (!left.has(stream)) {
        const reply = await reader.xRead({ key: stream, id }, { COUNT: 1_000, BLOCK: 100 });
        for (const { messages } of reply ?? []) {
          for (const { message } of messages) listener(message.body);
          id = messages.at(-1).id;
        }
      }
      reader.destroy();
    },
    unsubscribe: (stream) => void left.add(stream),
  };
}
