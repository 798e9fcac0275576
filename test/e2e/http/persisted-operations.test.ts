import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashOf } from '../../../src/server/execution/prepare/persisted-operations.js';
import { temporaryFolder } from '../../helpers/apis/command.js';
import { post } from '../../helpers/clients/graphql-client.js';
import { serve } from '../../helpers/apis/served-api.js';
import { startTestApi } from '../../helpers/apis/test-api.js';
import { transports, type Operation } from '../../helpers/clients/transports.js';

const greeting = 'query Greet($name: String) { hello(name: $name) }';
const documents = new Map([[hashOf(greeting), greeting]]);
const variables = { name: 'Ada' };
const answered = { results: [{ data: { hello: 'hello Ada' } }] };
const apollo = (text: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(text) } } });
const withHash = (persisted: { documents: ReadonlyMap<string, string>; only: boolean } | undefined) =>
  startTestApi({}, undefined, { persisted });

describe.each(Object.entries(transports))('over %s', (_, { run }) => {
  const codeOf = async (url: string, operation: Operation) => {
    const [result] = (await run(url, operation)).results;
    return result!.errors![0]!.extensions!['code'];
  };

  test.each([
    ["Apollo's extension", apollo(greeting)],
    ['a document ID', { documentId: `sha256:${hashOf(greeting)}` }],
    ['a hash without prefix, in upper case', { documentId: hashOf(greeting).toUpperCase() }],
  ])('a document can be requested by %s', async (_, named) => {
    await using api = await withHash({ documents, only: true });
    expect(await run(api.url, { query: '', variables, ...named })).toEqual(answered);
  });

  test('an unknown hash is reported, so that the client can send the text', async () => {
    await using api = await withHash({ documents, only: false });
    expect(await codeOf(api.url, { query: '', ...apollo('{ hello }') })).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(await run(api.url, { query: '{ hello }', ...apollo('{ hello }') })).toMatchObject({
      results: [{ data: { hello: 'hello undefined' } }],
    });
    expect(await codeOf(api.url, { query: '{ hello }', ...apollo('{ other }') })).toBe('PERSISTED_QUERY_MISMATCH');
  });

  test('a server without persisted operations says so', async () => {
    await using api = await withHash(undefined);
    expect(await codeOf(api.url, { query: '', ...apollo(greeting) })).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
  });

  test('if only persisted operations are allowed, every other text is refused', async () => {
    await using api = await withHash({ documents, only: true });
    for (const query of ['{ hello }', `${greeting} `, '{ __schema { types { name } } }', '{', `# ${greeting}`]) {
      expect(await codeOf(api.url, { query })).toBe('PERSISTED_QUERY_REQUIRED');
      expect(await codeOf(api.url, { query, ...apollo(query) })).toBe('PERSISTED_QUERY_REQUIRED');
    }
    expect(await run(api.url, { query: greeting, variables })).toEqual(answered);
  });
});

test.each([
  [{ id: 1 }, /documentId/],
  [{ extensions: { persistedQuery: {} } }, /sha256Hash/],
  [{ extensions: { persistedQuery: 'x' } }, /sha256Hash/],
  [{ query: 1, documentId: 'x' }, /to be a GraphQL document/],
])('an invalid hash is refused: %j', async (body, message) => {
  await using api = await withHash({ documents, only: false });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(api.url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(400);
  expect(await response.text()).toMatch(message);
});

describe('A file of operations', () => {
  const valid = '{ clusters { nodes { name } } }';

  const start = async (content: unknown, only = false) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'operations.json');
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    return await serve({}, { persistedOperations: { file, only } });
  };

  test('is read at start-up', async () => {
    await using api = await start({ [hashOf(valid)]: valid }, true);
    expect(await post(api.url, valid)).toEqual({ data: { clusters: { nodes: [] } } });
    expect(await post(api.url, '{ __typename }')).toMatchObject({
      errors: [{ extensions: { code: 'PERSISTED_QUERY_REQUIRED' } }],
    });
  });

  test('may prefix each hash with its algorithm', async () => {
    await using api = await start({ [`sha256:${hashOf(valid)}`]: valid });
    expect(await post(api.url, '{ __typename }')).toEqual({ data: { __typename: 'Query' } });
  });

  test('prevents the start if it is invalid, and every error is reported', async () => {
    const old = '{ clusters { nodes { nameOfOld } } }';
    const content = { abc: valid, [hashOf(old)]: old, [hashOf('{')]: '{' };
    const failure = await start(content).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    expect(failure).toContain(`abc: expected the SHA-256 of its document, ${hashOf(valid)}`);
    expect(failure).toContain(`${hashOf(old)}: Cannot query field "nameOfOld"`);
    expect(failure).toContain(`${hashOf('{')}: Syntax Error`);
  });

  test.each([['[]'], ['{'], ['{"a": 1}']])('prevents the start if it has another format: %s', async (content) => {
    await expect(start(content)).rejects.toThrow('must hold one JSON object of documents by their SHA-256');
  });

  test('prevents the start if it does not exist', async () => {
    await expect(serve({}, { persistedOperations: { file: '/nowhere.json' } })).rejects.toThrow('cannot be read');
  });
});
