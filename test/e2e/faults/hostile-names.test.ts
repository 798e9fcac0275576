import { expect, test } from 'vitest';
import { printSchema } from '../../../src/schema/print.js';
import { connect, data, subscribe } from '../../helpers/clients/graphql-client.js';
import { eventually } from '../../helpers/run/eventually.js';
import { monitor } from '../../helpers/valkey/monitor.js';
import { serve } from '../../helpers/apis/served-api.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

/** In UTF-8, what would be commands if names were written into a line; in HEX, bytes that are no text at all. */
const hostile = [
  { encoding: 'UTF8', name: 'k\r\nFLUSHALL\r\n', value: 'v\r\n$3\r\nDEL' },
  { encoding: 'UTF8', name: '*1\r\n$8\r\nFLUSHALL\r\n', value: '\u0000\u0001\u007f' },
  { encoding: 'UTF8', name: 'a\u0000b', value: '"}\n{"data":null}' },
  { encoding: 'UTF8', name: '__proto__', value: 'constructor' },
  { encoding: 'UTF8', name: '\u2028 🗝️ é', value: '\ufeff' },
  { encoding: 'HEX', name: '00ff0d0a80c3', value: 'fffe0d0a00' },
];

test('names and values of any bytes are one key, one field, one message and one value each, exactly', async () => {
  await using server = await startValkey();
  await using api = await serve({ orders: server });
  await using client = connect(api.url);
  await server.command('SET', 'existing', 'still');
  const write = `mutation ($name: String!, $value: String!, $encoding: Encoding!, $hash: String!, $stream: String!) {
    setString(input: { cluster: "orders", key: $name, value: $value, encoding: $encoding, valueEncoding: $encoding }) {
      applied userErrors { message }
    }
    setHashFields(input: {
      cluster: "orders", key: $hash, encoding: $encoding, valueEncoding: $encoding
      fields: [{ name: $name, value: $value }]
    }) { userErrors { message } }
    addStreamEntry(input: {
      cluster: "orders", stream: $stream, encoding: $encoding, valueEncoding: $encoding
      fields: [{ name: $name, value: $value }]
    }) { userErrors { message } }
  }`;
  const read = `query ($name: String!, $encoding: Encoding!, $hash: String!, $stream: String!) { cluster(name: "orders") {
    key(name: $name, encoding: $encoding) { name(encoding: $encoding) ... on StringKey { value(valueEncoding: $encoding) } }
    hash: key(name: $hash, encoding: $encoding) { ... on HashKey {
      length field(name: $name, encoding: $encoding) { value(valueEncoding: $encoding) }
    } }
    stream(name: $stream, encoding: $encoding) { entries(first: 10) { nodes { fields {
      name(encoding: $encoding) value(valueEncoding: $encoding)
    } } } }
  } }`;
  const listen = `subscription ($name: String!, $encoding: Encoding!) {
    channelMessages(cluster: "orders", channels: [$name], encoding: $encoding) {
      messages { channel(encoding: $encoding) payload(valueEncoding: $encoding) }
    }
  }`;
  const publish = `mutation ($name: String!, $value: String!, $encoding: Encoding!) {
    publish(input: { cluster: "orders", channel: $name, payload: $value, encoding: $encoding, valueEncoding: $encoding }) {
      receivers
    }
  }`;
  for (const { name, value, encoding } of hostile) {
    const [hash, stream] = encoding === 'HEX' ? ['68', '73'] : ['h', 's'];
    await server.command('DEL', 'h', 's');
    const keys = Number(await server.command('DBSIZE'));
    await data(api.url, write, { name, value, encoding, hash, stream });
    expect(Number(await server.command('DBSIZE'))).toBe(keys + 3);
    expect((await data(api.url, read, { name, encoding, hash, stream })).cluster).toEqual({
      key: { name, value },
      hash: { length: 1, field: { value } },
      stream: { entries: { nodes: [{ fields: [{ name, value }] }] } },
    });
    await using heard = subscribe(client, listen, { name, encoding });
    await eventually(async () => {
      expect((await data(api.url, publish, { name, value, encoding })).publish.receivers).toBe(1);
    });
    expect((await heard.next()).data).toEqual({ channelMessages: { messages: [{ channel: name, payload: value }] } });
  }
  expect(await server.command('GET', 'existing')).toBe('still');
});

test('no operation reaches FLUSHALL, KEYS, CONFIG, DEBUG, EVAL or their like', () => {
  const fields = [...printSchema().matchAll(/^ {2}(\w+)[(:]/gm)].map(([, name]) => name!.toLowerCase());
  expect(fields.length).toBeGreaterThan(100);
  const dangerous =
    /^(flush|eval|fcall|script|lua|config(?!uration)|debug|shutdown|monitor|replicaof|module|migrate|execute|command)/;
  // These report which commands the server has, and how often it was sent them.
  const reports = new Set(['command', 'commands', 'commandstats']);
  expect(fields.filter((name) => dangerous.test(name) && !reports.has(name))).toEqual([]);
});

test('listing keys uses SCAN, never KEYS', async () => {
  await using server = await startValkey();
  await using api = await serve({ orders: server });
  await server.command('SET', 'a*', 'v');
  await using seen = await monitor(server);
  await data(api.url, '{ cluster(name: "orders") { keyCount keys(first: 10, match: "a*") { nodes { name type } } } }');
  await eventually(() => expect(seen.commands.join('\n')).toContain('"SCAN"'));
  expect(seen.commands.join('\n')).not.toMatch(/^"KEYS"/m);
});
