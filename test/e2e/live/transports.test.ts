import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ExpectedFailure } from '../../../src/domain/errors.js';
import { connect, post, subscribe } from '../../helpers/clients/graphql-client.js';
import { startTestApi } from '../../helpers/apis/test-api.js';

const json = { 'content-type': 'application/json' };

describe('HTTP', () => {
  test.each([
    ['a body that is not JSON', '{"query":', 400],
    ['a body without a query', '{}', 400],
    ['a batch', '[{"query":"{ hello }"}]', 400],
    ['variables of another type', '{"query":"{ hello }","variables":1}', 400],
    ['extensions of another type', '{"query":"{ hello }","extensions":"x"}', 400],
    ['a body past the limit', JSON.stringify({ query: `#${'x'.repeat(2000)}\n{ hello }` }), 413],
  ])('%s is refused', async (_, body, status) => {
    await using api = await startTestApi({ maxBodyBytes: 1000 });
    const response = await fetch(api.url, { method: 'POST', headers: json, body });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.any(String) as string }] });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'a POST as %s, which any site can send, is refused',
    async (type) => {
      await using api = await startTestApi();
      const body = JSON.stringify({ query: 'mutation { count }' });
      const response = await fetch(api.url, { method: 'POST', headers: { 'content-type': type }, body });
      expect(response.status).toBe(415);
    },
  );

  test('a mutation by GET is refused and a query by GET is answered', async () => {
    await using api = await startTestApi();
    const mutation = `${api.url}?query=${encodeURIComponent('mutation { count }')}`;
    expect((await fetch(mutation, { headers: { accept: 'application/json' } })).status).toBe(405);
    expect((await fetch(mutation, { headers: { accept: 'text/event-stream' } })).status).toBe(405);
    const query = await fetch(`${api.url}?query={hello}`, { headers: { accept: 'application/json' } });
    expect(await query.json()).toEqual({ data: { hello: 'hello undefined' } });
  });

  test('the response format that yoga writes has the same results and refusals', async () => {
    await using api = await startTestApi();
    const ask = async (accept: string, body: object) => {
      const response = await fetch(api.url, {
        method: 'POST',
        headers: { ...json, accept },
        body: JSON.stringify(body),
      });
      return { status: response.status, text: await response.text() };
    };
    const greeting = await ask('multipart/mixed', {
      query: 'query ($name: String) { hello(name: $name) }',
      variables: { name: 'you' },
    });
    expect(greeting).toMatchObject({ status: 200, text: expect.stringContaining('{"data":{"hello":"hello you"}}') });
    expect((await ask('multipart/mixed', { query: '{ nothing }' })).text).toContain('Cannot query field');
    expect((await ask('multipart/mixed', { query: 'subscription { ticks { text } }' })).text).toContain(
      'requires a WebSocket',
    );
    expect(await ask('image/png', { query: '{ hello }' })).toMatchObject({ status: 406 });

    const mutation = `${api.url}?query=${encodeURIComponent('mutation { count }')}`;
    const refused = await fetch(mutation, { headers: { accept: 'multipart/mixed' } });
    expect(await refused.text()).toContain('A mutation requires POST.');
  });

  test('pages of this machine may read the answer, pages of other sites are refused', async () => {
    await using api = await startTestApi();
    const ask = (origin: string) => {
      const body = JSON.stringify({ query: '{ hello }' });
      return fetch(api.url, { method: 'POST', headers: { ...json, origin }, body });
    };
    const own = await ask('http://localhost:5173');
    expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([200, 'http://localhost:5173']);
    for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example']) {
      const foreign = await ask(origin);
      expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    }
  });

  test('GraphiQL loads nothing from other servers', async () => {
    await using api = await startTestApi();
    const response = await fetch(api.url, { headers: { accept: 'text/html' } });
    const page = await response.text();
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(page).toContain('createCluster');
    expect(page).not.toMatch(/<(?:script|link)[^>]+(?:src|href)="https?:/);
  });

  test('an event stream sends events until the client disconnects, and then releases the source', async () => {
    await using api = await startTestApi();
    const leave = new AbortController();
    const url = `${api.url}?query=${encodeURIComponent('subscription { ticks { text later } }')}`;
    const response = await fetch(url, { headers: { accept: 'text/event-stream' }, signal: leave.signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await api.ticks.hasOpen(1);
    api.ticks.emit({ text: 'one' });
    api.ticks.emit({ text: 'two' });
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('two')) break;
    }
    expect(text.match(/^data: .*$/gm)).toEqual([
      'data: {"data":{"ticks":{"text":"one","later":"one"}}}',
      'data: {"data":{"ticks":{"text":"two","later":"two"}}}',
    ]);
    leave.abort();
    await api.ticks.hasOpen(0);
  });
});

describe('A server that closes', () => {
  test('ends event streams immediately, without completing their subscriptions', async () => {
    const api = await startTestApi();
    const url = `${api.url}?query=${encodeURIComponent('subscription { ticks { text } }')}`;
    const response = await fetch(url, { headers: { accept: 'text/event-stream' } });
    await api.ticks.hasOpen(1);
    const [text] = await Promise.all([response.text(), api.close()]);
    expect(text).not.toContain('complete');
    expect(api.ticks.open.size).toBe(0);
  });

  test('answers earlier requests', async () => {
    const api = await startTestApi({ operationTimeoutMs: 200 });
    const answer = post(api.url, '{ never }');
    await api.asked();
    const [result] = await Promise.all([answer, api.close()]);
    expect(result).toMatchObject({ errors: [{ extensions: { code: 'TIMEOUT' } }] });
  });
});

describe('WebSocket', () => {
  test('subscribers receive events in order, with their own operation IDs, until the source ends', async () => {
    await using api = await startTestApi();
    await using client = connect(api.url);
    await using first = subscribe(client, 'subscription { ticks { text } }');
    await using second = subscribe(client, 'subscription { ticks { text later } }');
    await api.ticks.hasOpen(2);
    for (const text of ['one', 'two', 'three']) api.ticks.emit({ text });
    api.ticks.complete();
    await Promise.all([first.ended, second.ended]);
    expect(first.results.map(({ data }) => data!['ticks'].text)).toEqual(['one', 'two', 'three']);
    expect(second.results.map(({ data }) => data!['ticks'].later)).toEqual(['one', 'two', 'three']);
  });

  test('a hundred equal subscriptions are executed once per event, and different ones separately', async () => {
    await using api = await startTestApi();
    await using client = connect(api.url);
    const query = 'subscription ($mark: String) { ticks(mark: $mark) { text } }';
    const alike = Array.from({ length: 100 }, () => subscribe(client, query, { mark: 'a' }));
    const other = subscribe(client, query, { mark: 'b' });
    await api.ticks.hasOpen(101);
    api.ticks.emit({ text: 'one' });
    const results = await Promise.all([...alike, other].map((subscribed) => subscribed.next()));
    expect(results.every(({ data }) => data!['ticks'].text === 'one')).toBe(true);
    expect(api.executions()).toBe(2);
  });

  test('an error in a result does not end the subscription, and is masked if it is a bug', async () => {
    await using api = await startTestApi();
    await using client = connect(api.url);
    await using subscribed = subscribe(client, 'subscription { ticks { text broken } }');
    await api.ticks.hasOpen(1);
    api.ticks.emit({ text: 'one' });
    api.ticks.emit({ text: 'two' });
    const result = await subscribed.next();
    expect(result.data).toEqual({ ticks: { text: 'one', broken: null } });
    expect(JSON.stringify(result)).not.toContain('secret detail');
    expect((await subscribed.next()).data).toEqual({ ticks: { text: 'two', broken: null } });
  });

  test('a source that fails ends only its own operation, with its code', async () => {
    await using api = await startTestApi();
    await using client = connect(api.url);
    await using subscribed = subscribe(client, 'subscription { ticks { text } }');
    await api.ticks.hasOpen(1);
    api.ticks.fail(new ExpectedFailure('PERMISSION_DENIED', 'Revoked.'));
    await expect(subscribed.ended).rejects.toMatchObject({
      reason: [
        { message: 'Revoked.', extensions: { code: 'PERMISSION_DENIED', requestId: expect.any(String) as string } },
      ],
    });
    await using query = subscribe(client, '{ hello }');
    expect((await query.next()).data).toEqual({ hello: 'hello undefined' });
  });

  test('completing a quiet subscription, or closing the socket, releases the source immediately', async () => {
    await using api = await startTestApi();
    await using client = connect(api.url);
    const left = subscribe(client, 'subscription { ticks { text } }');
    const stayed = subscribe(client, 'subscription { ticks { text } }');
    await api.ticks.hasOpen(2);
    left.leave();
    await api.ticks.hasOpen(1);
    await client.dispose();
    await api.ticks.hasOpen(0);
    await stayed.ended.catch(() => undefined);
  });

  test('a refused operation does not affect the others on the socket', async () => {
    await using api = await startTestApi();
    await using client = connect(api.url);
    await using alive = subscribe(client, 'subscription { ticks { text } }');
    await api.ticks.hasOpen(1);
    await expect(subscribe(client, '{').ended).rejects.toThrow('Syntax Error');
    await expect(subscribe(client, '{ nothing }').ended).rejects.toThrow('Cannot query field');
    api.ticks.emit({ text: 'still here' });
    expect((await alive.next()).data).toEqual({ ticks: { text: 'still here' } });
  });

  test('a page of another site cannot open a socket', async () => {
    await using api = await startTestApi();
    const socket = new WebSocket(api.url.replace('http', 'ws'), 'graphql-transport-ws', {
      origin: 'https://evil.example',
    });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('403');
  });

  test('a message past the limit closes the socket with 1009', async () => {
    await using api = await startTestApi({ maxMessageBytes: 1000 });
    const socket = new WebSocket(api.url.replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('x'.repeat(1001));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
  });

  test('a closing server closes its sockets with 1001 and answers running operations', async () => {
    const api = await startTestApi();
    const socket = new WebSocket(api.url.replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    const closed = once(socket, 'close') as Promise<[number]>;
    await Promise.all([api.close(), api.close()]);
    expect((await closed)[0]).toBe(1001);
    await expect(post(api.url, '{ hello }')).rejects.toThrow();
  });
});
