import { gzipSync } from 'node:zlib';
import { encode } from '@msgpack/msgpack';
import { Zstd } from '@hpcc-js/wasm-zstd';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandsDuring, openDataApi, type DataApi } from '../../../helpers/apis/data-api.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey, type TestValkey } from '../../../helpers/valkey/valkey.js';

const decoded = 'decoded { formats json text truncated }';

describe('StringKey.decoded', () => {
  let values: Record<string, Buffer>;
  beforeAll(async () => {
    const zstd = await Zstd.load();
    values = {
      json: gzipSync('{"id": 9007199254740993, "name": "Ada"}'),
      packed: Buffer.from(zstd.compress(encode({ seen: [1, 2], raw: Buffer.from([255]) }))),
      bomb: gzipSync(Buffer.alloc(100_000_000, 'a')),
      text: Buffer.from('hello'),
    };
  });
  const withValues = async (work: (api: DataApi, server: TestValkey) => Promise<void>): Promise<void> => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    for (const [key, value] of Object.entries(values)) {
      const input = { key, value: value.toString('base64'), valueEncoding: 'BASE64' };
      await api.mutate('setString', '{ applied }', input);
    }
    await work(api, server);
  };

  it('shows values without their formats', () =>
    withValues(async (api) => {
      const read = (name: string): Promise<any> =>
        api.cluster(`key(name: "${name}") { ... on StringKey { ${decoded} } }`).then(({ key }) => key.decoded);
      expect(await read('json')).toEqual({
        formats: ['GZIP', 'JSON'],
        json: { id: '9007199254740993', name: 'Ada' },
        text: '{"id": 9007199254740993, "name": "Ada"}',
        truncated: false,
      });
      expect(await read('packed')).toEqual({
        formats: ['ZSTD', 'MESSAGE_PACK'],
        json: { seen: [1, 2], raw: '/w==' },
        text: null,
        truncated: false,
      });
      expect(await read('text')).toEqual({ formats: [], json: null, text: 'hello', truncated: false });
      const { text, ...bomb } = await read('bomb');
      expect(bomb).toEqual({ formats: ['GZIP'], json: null, truncated: true });
      expect(text).toBe('a'.repeat(1_048_576));
    }));

  it('reads the value once with `value`, and nothing of a missing key or a hash', () =>
    withValues(async (api, server) => {
      await api.mutate('setHashFields', '{ added }', { key: 'hash', fields: [{ name: 'a', value: 'b' }] });
      const selection = `key(name: "json") { ... on StringKey { value(valueEncoding: BASE64) plain: decoded(as: []) { text } ${decoded} } }`;
      const counts = await commandsDuring([server], async () => {
        const { key } = await api.cluster(selection);
        expect(key).toMatchObject({ value: values['json']!.toString('base64'), plain: { text: null } });
        expect(key.decoded.json).toMatchObject({ name: 'Ada' });
      });
      expect(counts).toMatchObject({ get: 1 });
      expect(await api.cluster(selection.replace('json', 'absent'))).toEqual({ key: null });
      expect(await api.cluster(selection.replace('json', 'hash'))).toEqual({ key: {} });
      const names = Object.keys(values).filter((name) => name !== 'bomb');
      const all = await api.cluster(
        `keysByName(names: ${JSON.stringify(names)}) { ... on StringKey { decoded { formats } } }`,
      );
      expect(all.keysByName.map((key: any) => key.decoded.formats)).toEqual([
        ['GZIP', 'JSON'],
        ['ZSTD', 'MESSAGE_PACK'],
        [],
      ]);
    }));

  it('with `as` fails alone if the value is not so', () =>
    withValues(async (api) => {
      const select = (as: string): string =>
        `{ cluster(name: "orders") { key(name: "json") { name ... on StringKey { decoded(as: [${as}]) { text } } } } }`;
      expect(await api.run(select('ZSTD, JSON'))).toMatchObject({
        data: { cluster: { key: { name: 'json', decoded: null } } },
        errors: [{ path: ['cluster', 'key', 'decoded'], originalError: { code: 'INVALID_STATE' } }],
      });
      expect(await api.run(select('JSON, GZIP'))).toMatchObject({
        errors: [{ originalError: { code: 'INVALID_INPUT' } }],
      });
      expect((await api.data(select('GZIP'))).cluster.key.decoded.text).toContain('9007199254740993');
    }));
});
