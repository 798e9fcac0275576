import { expect, test } from 'vitest';
import { startApi } from '../../../src/app/start-api.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { createLogger } from '../../../src/telemetry/log.js';
import { data } from '../../helpers/clients/graphql-client.js';
import { captureLines } from '../../helpers/run/captured-lines.js';
import { eventually } from '../../helpers/run/eventually.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

test('two entries with two databases of one endpoint do not see each other’s keys, after reconnections either', async () => {
  await using valkey = await startValkey();
  const endpoint = { host: valkey.host, port: valkey.port };
  const config = await loadConfig({}, {});
  const clusters = [
    { name: 'first', endpoint, tls: false },
    { name: 'Second', endpoint, tls: false, database: 7 },
  ];
  await using api = await startApi({
    config: { ...config, port: 0, clusters },
    log: createLogger('error', captureLines()),
    elastiCache: null,
    ca: () => Promise.resolve(undefined),
  });
  const set = (cluster: string, key: string) =>
    `setString(input: { cluster: "${cluster}", key: "${key}", value: "of ${cluster}" }) { applied }`;
  const writes = `mutation { ${['a', 'b', 'c'].map((key) => `${key}: ${set('second', key)}`).join(' ')} d: ${set('first', 'a')} }`;
  const applied = { applied: true };
  expect(await data(api.url, writes)).toEqual({ a: applied, b: applied, c: applied, d: applied });

  const selection = `{
    database keyCount
    a: key(name: "a") { id ... on StringKey { value } }
    b: key(name: "b") { name }
    keys(first: 10) { edges { node { name } } }
  }`;
  const read = () =>
    data(api.url, `{ first: cluster(name: "first") ${selection} second: cluster(name: "second") ${selection} }`);
  const listed = (...names: string[]) => ({ edges: names.map((name) => ({ node: { name } })) });
  const seen = await read();
  expect(seen).toMatchObject({
    first: { database: 0, keyCount: 1, a: { value: 'of first' }, b: null, keys: listed('a') },
    second: { database: 7, keyCount: 3, a: { value: 'of second' }, b: { name: 'b' } },
  });
  expect(seen.second.keys.edges).toHaveLength(3);
  expect(seen.first.a.id).not.toBe(seen.second.a.id);

  await valkey.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await eventually(async () => expect(await read()).toMatchObject({ first: { keyCount: 1 }, second: { keyCount: 3 } }));
  expect(await data(api.url, `mutation { ${set('first', 'b')} }`)).toEqual({ setString: applied });
  expect(await read()).toMatchObject({ first: { keyCount: 2 }, second: { keyCount: 3, b: { name: 'b' } } });
});
