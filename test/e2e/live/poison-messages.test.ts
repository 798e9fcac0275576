import { expect, test } from 'vitest';
import { startChannelApi } from '../../helpers/apis/channel-api.js';
import { connect, subscribe } from '../../helpers/clients/graphql-client.js';

test('a message that nests too deeply for JSON.stringify does not harm other subscriptions', async () => {
  await using api = await startChannelApi();
  await using client = connect(api.url);
  const listen = (field: string) =>
    subscribe(client, `subscription { channelMessages(cluster: "orders", channels: ["c"]) { messages { ${field} } } }`);
  await using parsed = listen('json');
  await using plain = listen('payload');
  await api.hasChannels('c');
  await Promise.all([parsed, plain].map(() => subscribe(client, '{ __typename }').next()));

  const poison = '['.repeat(20_000) + ']'.repeat(20_000);
  await api.publish('c', poison);
  expect(await parsed.next()).toMatchObject({
    data: { channelMessages: { messages: [{ json: expect.any(Array) as unknown }] } },
    errors: [{ message: 'Values nested deeper than 500 levels are left out.' }],
  });
  expect((await plain.next()).data).toEqual({ channelMessages: { messages: [{ payload: poison }] } });
  await api.publish('c', '{"a":1}');
  expect((await parsed.next()).data).toEqual({ channelMessages: { messages: [{ json: { a: 1 } }] } });
});

test('a message that nests too deeply counts in full towards the length of a delivery', async () => {
  await using api = await startChannelApi({ maxAnswerLength: 10_000 });
  await using client = connect(api.url);
  const query = 'subscription { channelMessages(cluster: "orders", channels: ["c"]) { messages { json } } }';
  await using parsed = subscribe(client, query);
  await api.hasChannels('c');

  const deep = (value: string) => '['.repeat(1_100) + value + ']'.repeat(1_100);
  await api.publish('c', `[${deep('')},"${'x'.repeat(10_000)}"]`);
  expect(await parsed.next()).toMatchObject({
    data: null,
    errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'maxAnswerLength' } }],
  });
  await api.publish('c', `[${deep(`"${'x'.repeat(10_000)}"`)},1]`);
  expect(await parsed.next()).toMatchObject({
    data: { channelMessages: { messages: [{ json: [expect.any(Array), 1] }] } },
    errors: [{ message: 'Values nested deeper than 500 levels are left out.' }],
  });
});
