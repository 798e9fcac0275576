import { describe, expect, it } from 'vitest';
import { openDataApi } from '../../../helpers/apis/data-api.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { bulk, startRecordedServer } from '../../../helpers/valkey/recorded-server.js';

/** Replies of valkey-json 1.0 to JSON.GET of one document, by path. */
const replies: Readonly<Record<string, string | Buffer>> = {
  $: bulk('[{"name":"Grüße","big":9223372036854775807,"list":[1,2.5,-0,1e3],"none":null}]'),
  '.': bulk('{"name":"Grüße"}'),
  '$.list[*]': bulk('[1,2.5,3]'),
  '$.nothing': bulk('[]'),
  '$..nothing': '*0\r\n',
  '.none': bulk('null'),
  '.nothing': '-NONEXISTENT JSON path does not exist\r\n',
  '$.older': "-ERR Path '$.older' does not exist\r\n",
  '$[': '-SYNTAXERR Failed to parse JSON path\r\n',
  '$.broken': bulk('[1,'),
  '$.proto': bulk('[{"__proto__":1}]'),
  '$.deep': bulk('['.repeat(200) + ']'.repeat(200)),
  '$.nested': bulk('['.repeat(100) + ']'.repeat(100)),
  '$.large': bulk(`["${'x'.repeat(4 * 1024 * 1024)}"]`),
  '$.bytes': Buffer.from('$5\r\n["\u00ff"]\r\n', 'latin1'),
};

/** A server with the module and one document. */
const startServer = () =>
  startRecordedServer(([name = '', key = '', path = '']) => {
    switch (name) {
      case 'TYPE':
        return key === 'absent' ? '+none\r\n' : '+ReJSON-RL\r\n';
      case 'PTTL':
        return ':-1\r\n';
      case 'JSON.GET':
        return key === 'gone' ? '_\r\n' : replies[path];
      case 'COMMAND':
        return '*1\r\n*2\r\n$8\r\njson.get\r\n:-2\r\n';
      case 'ACL':
        return key === 'WHOAMI' ? bulk('default') : '+OK\r\n';
      default:
        return undefined;
    }
  });

describe('a document of the JSON module', () => {
  it('is read at a path, with integers of 64 bits as text', async () => {
    await using server = await startServer();
    await using api = openDataApi(describeServer(server));
    const { key } = await api.cluster(`key(name: "doc") {
      type ttlSeconds
      ... on JsonKey {
        json restricted: json(path: ".") items: json(path: "$.list[*]") nothing: json(path: "$.nothing")
        empty: json(path: "$..nothing") none: json(path: ".none") absent: json(path: ".nothing") older: json(path: "$.older")
        nested: json(path: "$.nested") again: json(path: "$")
      }
    }`);
    const document = [{ name: 'Grüße', big: '9223372036854775807', list: [1, 2.5, -0, 1000], none: null }];
    expect(key).toMatchObject({
      ...{ type: 'JSON', ttlSeconds: null, json: document, again: document, restricted: { name: 'Grüße' } },
      ...{ items: [1, 2.5, 3], nothing: [], empty: [], none: null, absent: null, older: null },
    });
    expect(server.commands.filter(([name, , path]) => name === 'JSON.GET' && path === '$')).toHaveLength(1);
  });

  it('fails alone if its path is wrong, or the reply is too long, too deep or no JSON', async () => {
    await using server = await startServer();
    await using api = openDataApi(describeServer(server));
    for (const [path, code] of [
      ['$[', 'INVALID_INPUT'],
      ['', 'INVALID_INPUT'],
      ['INDENT', 'INVALID_INPUT'],
      ['name', 'INVALID_INPUT'],
      [`$${'.a'.repeat(500)}`, 'INVALID_INPUT'],
      ['$.broken', 'INVALID_STATE'],
      ['$.proto', 'INVALID_STATE'],
      ['$.deep', 'INVALID_STATE'],
      ['$.large', 'INVALID_STATE'],
      ['$.bytes', 'INVALID_STATE'],
      ['$.unknown', 'NOT_SUPPORTED'],
    ] as const) {
      const { data, errors } = await api.run(
        'query ($path: String!) { cluster(name: "orders") { key(name: "doc") { type ... on JsonKey { json(path: $path) } } } }',
        { path },
      );
      expect([path, data.cluster.key]).toEqual([path, { type: 'JSON', json: null }]);
      expect([path, errors]).toMatchObject([path, [{ originalError: { code, inputPath: ['path'] } }]]);
    }
    expect(server.commands.some(([name, , path]) => name === 'JSON.GET' && !/^[$.]/.test(path ?? ''))).toBe(false);
  });

  it('names the command if the module is gone', async () => {
    await using server = await startRecordedServer(([name]) => (name === 'TYPE' ? '+ReJSON-RL\r\n' : undefined));
    await using api = openDataApi(describeServer(server));
    const { errors } = await api.run('{ cluster(name: "orders") { key(name: "doc") { ... on JsonKey { json } } } }');
    expect(errors).toMatchObject([
      { message: 'This cluster does not support the command JSON.GET.', originalError: { code: 'NOT_SUPPORTED' } },
    ]);
  });

  it('is null as a whole if it is gone before it is read', async () => {
    let isGone = false;
    await using server = await startRecordedServer(([name]) => {
      if (name === 'TYPE') return isGone ? '+none\r\n' : '+ReJSON-RL\r\n';
      isGone = true;
      return '_\r\n';
    });
    await using api = openDataApi(describeServer(server));
    expect(await api.cluster('key(name: "gone") { type ... on JsonKey { json } }')).toEqual({ key: null });
  });

  it('is a capability of its server', async () => {
    await using server = await startServer();
    await using api = openDataApi(describeServer(server));
    expect(await api.cluster('capabilities { json }')).toEqual({ capabilities: { json: true } });
  });
});
