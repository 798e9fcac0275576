import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CommandError } from '../../../../src/datasources/valkey/command-error.js';
import { createGlob } from '../../../../src/runtime/glob.js';
import { openDataApi } from '../../../helpers/apis/data-api.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { monitor } from '../../../helpers/valkey/monitor.js';
import { startValkey, type TestValkey } from '../../../helpers/valkey/valkey.js';

const lengths = [1, 2, 31, 32, 33, 34, 63, 64, 65, 96];
const names = [
  ...new Set([
    ...lengths.flatMap((length) => ['a'.repeat(length), `${'a'.repeat(length)}b`, 'ab'.repeat(length)]),
    ...['b', '*', 'a*b', 'a[b', '[a]', 'a-b', 'a\\b', '^a', 'user:1:name', 'user:2:age'],
  ]),
];

const part = fc.oneof(
  fc.constantFrom('*', 'a', 'b', '?', '[ab]', '[^a]', '[a-z]', '[', ']', '\\*', '\\', '[*', '[\\]a]', 'user:', ':age'),
  fc.constantFrom(...lengths).map((length) => 'a'.repeat(length)),
  fc.constantFrom(...lengths).map((length) => '?'.repeat(length)),
);
const pattern = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('').slice(0, 256));

/** The names that match the pattern according to Valkey itself. */
async function foundByValkey(server: TestValkey, text: string): Promise<string[]> {
  return ((await server.command('KEYS', text)) as unknown as Buffer[]).map(String).sort();
}

test('the same keys, fields, members and channels match as in Valkey, and no node compares names with the part after a star', async () => {
  await using server = await startValkey();
  await using api = openDataApi(describeServer(server));
  const listener = connect(server.port, server.host);
  listener.write(`SUBSCRIBE ${names.join(' ')}\r\n`);
  await once(listener, 'data');
  await server.command('MSET', ...names.flatMap((name) => [name, '']));
  const hash = `\u0000hash`;
  await server.command('HSET', hash, ...names.flatMap((name) => [name, `value of ${name}`]));
  const set = `\u0000set`;
  await server.command('SADD', set, ...names);

  await using sent = await monitor(server);
  const document = `query ($match: String!, $hash: String!, $set: String!) { cluster(name: "orders") {
    keys(match: $match, type: STRING, first: 1000) { nodes { name } }
    hash(name: $hash) { fields(match: $match, first: 1000) { nodes { name value } } }
    set(name: $set) { members(match: $match, first: 1000) { nodes { name: value } } }
    channels(match: $match) { name }
  } }`;
  const named = (nodes: readonly { name: string }[]) => nodes.map(({ name }) => name).sort();
  await fc.assert(
    fc.asyncProperty(pattern, async (match) => {
      const expected = (await foundByValkey(server, match)).filter((name) => name !== hash && name !== set);
      const matches = createGlob(Buffer.from(match));
      expect(names.filter((name) => matches(Buffer.from(name))).sort(), match).toEqual(expected);
      const { keys, hash: found, set: ofSet, channels } = (await api.data(document, { match, hash, set })).cluster;
      expect(named(keys.nodes), match).toEqual(expected);
      expect(named(channels), match).toEqual(expected);
      expect(named(found.fields.nodes), match).toEqual(expected);
      expect(named(ofSet.members.nodes), match).toEqual(expected);
      for (const { name, value } of found.fields.nodes) expect(value).toBe(`value of ${name}`);
    }),
    { numRuns: 150 },
  );
  listener.destroy();

  const compared = sent.commands.flatMap((command) => {
    const [, text] = /^"PUBSUB" "CHANNELS" "(.*)"$/.exec(command) ?? /"MATCH" "(.*?)" "COUNT"/.exec(command) ?? [];
    return text === undefined ? [] : [JSON.parse(`"${text}"`) as string];
  });
  expect(compared.length).toBeGreaterThan(150);
  for (const text of compared) {
    const withoutClasses = text.replace(/\\./g, '').replace(/\[.*?(?:\]|$)/g, '');
    expect(withoutClasses, text).toMatch(/^[^*]*\**$/);
  }
});

test('the values of fields that do not match are not sent, except by a Valkey without NOVALUES', async () => {
  await using server = await startValkey();
  await using api = openDataApi(describeServer(server));
  await server.command('HSET', 'h', ...names.flatMap((name) => [name, 'v']));
  await using sent = await monitor(server);
  const read = () => api.cluster('hash(name: "h") { fields(match: "*:age") { nodes { name value } } }');
  const expected = { hash: { fields: { nodes: [{ name: 'user:2:age', value: 'v' }] } } };
  expect(await read()).toEqual(expected);
  expect(sent.commands.filter((command) => command.startsWith('"HSCAN"'))).toEqual([
    '"HSCAN" "h" "0" "COUNT" "500" "NOVALUES"',
  ]);

  const connected = api.connections.commands.bind(api.connections);
  let refused = 0;
  api.connections.commands = async (...args) => {
    const commands = await connected(...args);
    return {
      ...commands,
      post(command, receiver) {
        if (!command.args.includes('NOVALUES')) {
          commands.post(command, receiver);
          return;
        }
        refused += 1;
        receiver.failed(new CommandError('ERR syntax error'));
      },
    };
  };
  expect(await read()).toEqual(expected);
  expect(refused).toBe(1);
});
