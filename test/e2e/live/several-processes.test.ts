import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand, temporaryFolder } from '../../helpers/apis/command.js';
import { connect, data, subscribe, type Subscribed } from '../../helpers/clients/graphql-client.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

const chat = `subscription ($member: String!, $after: StreamId) {
  channelMessages(
    cluster: "orders", channels: ["chat"], history: 10, after: $after,
    presence: { member: $member, data: { client: "test" } }
  ) { messages { payload cursor } gap { reason } }
}`;
const say = `mutation ($payload: String!) {
  publish(input: { cluster: "orders", channel: "chat", payload: $payload }) { cursor userErrors { message } }
}`;
const who = `subscription {
  channelPresenceChanges(cluster: "orders", channel: "chat") {
    joined { member data } left { member }
    presence { channel subscribers memberCount members { member since subscriptions } }
  }
}`;

const until = async (subscribed: Subscribed, reached: (event: any) => boolean): Promise<any> => {
  for (;;) {
    const { data: event, errors } = await subscribed.next();
    if (errors) throw new Error(JSON.stringify(errors));
    const [value] = Object.values(event!);
    if (reached(value)) return value;
  }
};
const members = ({ presence }: any) => presence.members.map(({ member }: { member: string }) => member);
const payloads = ({ messages }: any) => messages.map(({ payload }: { payload: string }) => payload);

test('processes of one API share history and presence, and the others forget one that is killed', async () => {
  await using valkey = await startValkey();
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'config.json');
  const channels = { history: [{ pattern: 'c*' }], presence: [{ pattern: 'c*' }], presenceTimeoutSeconds: 2 };
  const clusters = [{ name: 'orders', endpoint: { host: valkey.host, port: valkey.port } }];
  await writeFile(config, JSON.stringify({ elasticache: false, clusters, channels, limits: { drainTimeoutMs: 100 } }));
  const args = ['serve', '--config', config, '--port', '0', '--log-level', 'error'];
  await using one = runCommand(args);
  await using two = runCommand(args);
  const [urlOne, urlTwo] = await Promise.all(
    [one, two].map(async (command) => (await command.says(/ready: (http\S+)/))[1]!),
  );
  await using clientOne = connect(urlOne!);
  await using clientTwo = connect(urlTwo!);

  await using watch = subscribe(clientTwo, who);
  expect(members(await until(watch, () => true))).toEqual([]);
  const first = (await data(urlOne!, say, { payload: '1' })).publish;
  expect(first.userErrors).toEqual([]);
  await using ada = subscribe(clientOne, chat, { member: 'ada' });
  expect(payloads(await until(ada, ({ messages }) => messages.length > 0))).toEqual(['1']);
  expect(await until(watch, (event) => members(event).length === 1)).toMatchObject({
    joined: [{ member: 'ada', data: { client: 'test' } }],
    presence: { channel: 'chat', subscribers: 1, memberCount: 1, members: [{ member: 'ada', subscriptions: 1 }] },
  });
  await data(urlTwo!, say, { payload: '2' });
  expect(payloads(await until(ada, () => true))).toEqual(['2']);
  await using bob = subscribe(clientTwo, chat, { member: 'bob', after: first.cursor });
  expect(payloads(await until(bob, () => true))).toEqual(['2']);
  await until(watch, (event) => String(members(event)) === 'ada,bob');

  one.child.kill('SIGKILL');
  expect(await until(watch, (event) => String(members(event)) === 'bob')).toMatchObject({ left: [{ member: 'ada' }] });
  const query = '{ channelPresence(cluster: "orders", channel: "chat") { subscribers members(first: 1) { member } } }';
  expect((await data(urlTwo!, query)).channelPresence).toEqual({ subscribers: 1, members: [{ member: 'bob' }] });
  await data(urlTwo!, say, { payload: '3' });
  expect(payloads(await until(bob, () => true))).toEqual(['3']);

  const present = () => valkey.command('KEYS', 'cachegraph:presence:*');
  expect(await present()).not.toEqual([]);
  two.child.kill('SIGTERM');
  expect(await two.ended).toBe(0);
  expect(await present(), 'a process that receives SIGTERM leaves').toEqual([]);
});

test('invalid requests for history and presence are refused with the name of the field', async () => {
  await using valkey = await startValkey();
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'config.json');
  const clusters = [{ name: 'orders', endpoint: { host: valkey.host, port: valkey.port } }];
  await writeFile(config, JSON.stringify({ elasticache: false, clusters }));
  const patterns = ['--history', 'c*', 'd*', '--presence', 'c*'];
  await using api = runCommand(['serve', '--config', config, '--port', '0', '--log-level', 'error', ...patterns]);
  const url = (await api.says(/ready: (http\S+)/))[1]!;
  await using client = connect(url);
  for (const [args, code, said] of [
    ['channels: ["news"], history: 5', 'NOT_SUPPORTED', '--history'],
    ['channels: ["d"], presence: { member: "a" }', 'NOT_SUPPORTED', '--presence'],
    ['channels: ["c"], history: -1', 'INVALID_INPUT', '0 to 1000'],
    ['channels: ["c"], history: 1001', 'INVALID_INPUT', '0 to 1000'],
    ['channels: ["c", "d"], after: "1-1"', 'INVALID_INPUT', 'one channel'],
    ['channels: ["c"], after: "$"', 'INVALID_INPUT', 'cursor'],
    ['channels: ["c"], patterns: ["c*"], history: 1', 'INVALID_INPUT', 'pattern'],
    ['channels: ["c"], presence: { member: "" }', 'INVALID_INPUT', '1 to 128'],
    [`channels: ["c"], presence: { member: "a", data: "${'x'.repeat(1100)}" }`, 'INVALID_INPUT', '1024'],
  ] as const) {
    await using refused = subscribe(
      client,
      `subscription { channelMessages(cluster: "orders", ${args}) { gap { reason } } }`,
    );
    const answer = await refused.next().then(JSON.stringify, String);
    expect(answer, args).toContain(`"code":"${code}"`);
    expect(answer, args).toContain(said);
  }
  const query = '{ channelPresence(cluster: "orders", channel: "news") { subscribers } }';
  await expect(data(url, query)).rejects.toThrow(/NOT_SUPPORTED/);
});
