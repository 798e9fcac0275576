import { describe, expect, test } from 'vitest';
import { ExpectedFailure } from '../../../src/domain/errors.js';
import { eventually } from '../../helpers/run/eventually.js';
import { startLiveApi } from '../../helpers/apis/live-api.js';
import { readEvents, readParts, type ServerEvent } from '../../helpers/clients/streaming-responses.js';
import { startTestApi } from '../../helpers/apis/test-api.js';

const json = { 'content-type': 'application/json' };
const multipart = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json';
const ticks = 'subscription { ticks { text later } }';
const tail = `subscription ($after: StreamId!) {
  streamEntries(cluster: "orders", stream: "log", after: $after) { entries { entryId } gap { reason } }
}`;

const ask = (url: string, query: string, init: RequestInit & { variables?: object } = {}) =>
  fetch(url, {
    ...init,
    method: 'POST',
    headers: { ...json, ...(init.headers as Record<string, string>) },
    body: JSON.stringify({ query, variables: init.variables }),
  });
const get = (url: string, query: string, init: RequestInit & { variables?: object } = {}) =>
  fetch(`${url}?${new URLSearchParams({ query, variables: JSON.stringify(init.variables ?? {}) })}`, init);
const idsOf = ({ data }: ServerEvent): string[] =>
  data === undefined
    ? []
    : (
        JSON.parse(data) as { data: { streamEntries: { entries: { entryId: string }[] } } }
      ).data.streamEntries.entries.map(({ entryId }) => entryId);

describe('Server-sent events of a stream', () => {
  test.each([
    ['GET', get],
    ['POST', ask],
  ])('by %s resume after the Last-Event-ID, without loss or repeat, while entries are added', async (_, open) => {
    await using api = await startLiveApi();
    const added = [String(await api.valkey.command('XADD', 'log', '*', 'n', 'before'))];
    const seen = [added[0]!];
    let lastEventId = '';
    /** As an EventSource reconnects: with the variables of the first connection. */
    const follow = async (isEnough: (events: number) => boolean): Promise<void> => {
      const response = await open(api.url, tail, {
        variables: { after: '$' },
        headers: { accept: 'text/event-stream', ...(lastEventId !== '' && { 'last-event-id': lastEventId }) },
      });
      let count = 0;
      for await (const event of readEvents(response)) {
        lastEventId = event.id ?? lastEventId;
        if (event.id !== undefined) seen.push(...idsOf(event));
        if (event.id !== undefined && isEnough((count += 1))) break;
      }
    };

    // The cursor of its start precedes any entry.
    await follow(() => true);
    expect(lastEventId).toBe(added[0]);
    let writing = true;
    const write = async (): Promise<void> => {
      while (writing) added.push(String(await api.valkey.command('XADD', 'log', '*', 'n', String(added.length))));
    };
    const written = write();
    const moreAdded = async (): Promise<void> => {
      const before = added.length;
      await eventually(() => expect(added.length).toBeGreaterThan(before + 20));
    };
    for (let connection = 0; connection < 5; connection += 1) {
      await moreAdded();
      await follow((events) => events > connection);
    }
    await moreAdded();
    writing = false;
    await written;
    await follow(() => seen.length >= added.length);
    expect(seen).toEqual(added);
  });

  test('are refused if the Last-Event-ID is no cursor of theirs', async () => {
    await using api = await startLiveApi();
    for (const wrong of ['$', '1-x', 'yesterday']) {
      const headers = { accept: 'text/event-stream', 'last-event-id': wrong };
      const response = await get(api.url, tail, { variables: { after: '0' }, headers });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'INVALID_INPUT' } }] });
    }
  });
});

describe('Server-sent events', () => {
  test('of other sources ignore a Last-Event-ID, and have no IDs', async () => {
    await using api = await startTestApi();
    const events = readEvents(
      await get(api.url, ticks, { headers: { accept: 'text/event-stream', 'last-event-id': '5' } }),
    );
    await api.ticks.hasOpen(1);
    expect((await events.next()).value).toEqual({ retry: '1000' });
    api.ticks.emit({ text: 'one' });
    expect((await events.next()).value).toEqual({
      event: 'next',
      data: '{"data":{"ticks":{"text":"one","later":"one"}}}',
    });
    api.ticks.complete();
    expect((await events.next()).value).toEqual({ event: 'complete', data: '' });
    expect((await events.next()).done).toBe(true);
  });

  test('are used only for subscriptions if the client also accepts JSON', async () => {
    await using api = await startTestApi();
    const headers = { accept: 'application/json, text/event-stream' };
    expect(await (await ask(api.url, '{ hello }', { headers })).json()).toEqual({ data: { hello: 'hello undefined' } });
    const response = await ask(api.url, ticks, { headers });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await response.body!.cancel();
  });
});

describe('Multipart subscriptions', () => {
  test('contain a heartbeat at once, a part for each result, and the last boundary', async () => {
    await using api = await startTestApi();
    const response = await ask(api.url, ticks, { headers: { accept: multipart } });
    expect(response.headers.get('content-type')).toBe('multipart/mixed;boundary="graphql";subscriptionSpec=1.0');
    const parts = readParts(response);
    expect((await parts.next()).value).toEqual({});
    await api.ticks.hasOpen(1);
    for (const text of ['one', '\r\n--graphql--\r\n']) {
      api.ticks.emit({ text });
      expect((await parts.next()).value).toEqual({ payload: { data: { ticks: { text, later: text } } } });
    }
    api.ticks.complete();
    expect(await parts.next()).toEqual({ done: true, value: undefined });
    await api.ticks.hasOpen(0);
  });

  test('report that the subscription itself has failed beside a null payload', async () => {
    await using api = await startTestApi();
    const parts = readParts(await ask(api.url, ticks, { headers: { accept: multipart } }));
    await parts.next();
    await api.ticks.hasOpen(1);
    api.ticks.fail(new ExpectedFailure('PERMISSION_DENIED', 'Revoked.'));
    const errors = [
      { message: 'Revoked.', extensions: { code: 'PERMISSION_DENIED', requestId: expect.any(String) as string } },
    ];
    expect((await parts.next()).value).toEqual({ payload: null, errors });
    expect((await parts.next()).done).toBe(true);
  });

  test('contain heartbeats while they are quiet, and are released with the connection', async () => {
    await using api = await startTestApi({ keepAliveMs: 10 });
    const parts = readParts(await ask(api.url, ticks, { headers: { accept: multipart } }));
    for (let beat = 0; beat < 4; beat += 1) expect((await parts.next()).value).toEqual({});
    await api.ticks.hasOpen(1);
    await parts.return(undefined);
    await api.ticks.hasOpen(0);
  });

  test('share the executions of equal subscriptions with event streams', async () => {
    await using api = await startTestApi();
    const accepted = [multipart, 'text/event-stream', multipart, 'text/event-stream'];
    const responses = await Promise.all(accepted.map((accept) => ask(api.url, ticks, { headers: { accept } })));
    await api.ticks.hasOpen(4);
    api.ticks.emit({ text: 'one' });
    api.ticks.complete();
    const texts = await Promise.all(responses.map((response) => response.text()));
    for (const text of texts) expect(text).toContain('{"data":{"ticks":{"text":"one","later":"one"}}}');
    expect(api.executions()).toBe(1);
  });

  test('are sent to clients that accept nothing else, also for single results', async () => {
    await using api = await startTestApi();
    const response = await ask(api.url, '{ hello }', {
      headers: { accept: 'multipart/mixed; subscriptionSpec="1.0"' },
    });
    const parts = readParts(response);
    expect((await parts.next()).value).toEqual({ payload: { data: { hello: 'hello undefined' } } });
    expect((await parts.next()).done).toBe(true);
  });
});
