import { describe, expect, test } from 'vitest';
import { startChannelApi } from '../../helpers/apis/channel-api.js';
import { connect, subscribe } from '../../helpers/clients/graphql-client.js';
import { readResults } from '../../helpers/clients/streaming-responses.js';

const query = 'subscription { channelMessages(cluster: "orders", channels: ["a"]) { messages { payload } } }';

/** The results of the subscription, over each transport. */
const transports: Readonly<Record<string, (url: string) => AsyncGenerator<unknown, void>>> = {
  'server-sent events': (url) => overHttp(url, 'text/event-stream'),
  multipart: (url) => overHttp(url, 'multipart/mixed;subscriptionSpec=1.0'),
  async *WebSocket(url) {
    await using client = connect(url);
    await using subscribed = subscribe(client, query);
    for (;;) yield await subscribed.next();
  },
};

async function* overHttp(url: string, accept: string): AsyncGenerator<unknown, void> {
  const body = JSON.stringify({ query });
  yield* readResults(
    await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', accept }, body }),
  );
}

describe.each(Object.entries(transports))('over %s', (_, open) => {
  test('a delivery that its escapes make too long is an error, and the next one arrives', async () => {
    await using api = await startChannelApi({ maxAnswerLength: 1_000 });
    const results = open(api.url);
    const first = results.next();
    await api.hasChannels('a');
    await api.publish('a', '\u0001'.repeat(200));
    expect((await first).value).toMatchObject({
      data: null,
      errors: [
        {
          message: 'Expected a delivery with a length in bytes of at most 1000, got more.',
          extensions: { code: 'LIMIT_EXCEEDED', limit: 'maxAnswerLength', max: 1_000 },
        },
      ],
    });
    const payload = '\u0001'.repeat(150);
    await api.publish('a', payload);
    expect((await results.next()).value).toEqual({ data: { channelMessages: { messages: [{ payload }] } } });
    await results.return();
  });
});
