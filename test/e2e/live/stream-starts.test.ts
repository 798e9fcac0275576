import { describe, expect, test } from 'vitest';
import { connect, subscribe } from '../../helpers/clients/graphql-client.js';
import { startLiveApi } from '../../helpers/apis/live-api.js';
import { readEvents, readParts } from '../../helpers/clients/streaming-responses.js';
import type { TestValkey } from '../../helpers/valkey/valkey.js';

const tail = `subscription ($after: StreamId!) {
  streamEntries(cluster: "orders", stream: "log", after: $after, announce: true) {
    entries { entryId } gap { reason } started { at cursor }
  }
}`;
const work = `subscription ($group: String! = "workers") {
  groupEntries(cluster: "orders", stream: "log", group: $group, consumer: "worker", announce: true) {
    entries { entry { entryId } } gap { reason } started { at cursor }
  }
}`;
const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;
const started = (cursor: string | null) => ({ entries: [], gap: null, started: { at, cursor } });
const entry = (entryId: string) => ({ entries: [{ entryId }], gap: null, started: null });
const trimmed = { entries: [], gap: { reason: 'TRIMMED' }, started: null };
const add = (valkey: TestValkey, id: string) => valkey.command('XADD', 'log', id, 'n', '1');
const open = (url: string, query: string, accept: string, variables: object = {}, lastEventId?: string) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
    body: JSON.stringify({ query, variables }),
  });
/** The field in the result of a subscription. */
const fieldOf = (result: unknown): unknown => Object.values((result as { data: object }).data)[0];

describe('A subscription to a stream that announces its start', () => {
  test('receives all later entries over a WebSocket', async () => {
    await using api = await startLiveApi();
    await using client = connect(api.url);
    await add(api.valkey, '1-1');
    await using live = subscribe(client, tail, { after: '$' });
    expect(fieldOf(await live.next())).toEqual(started('1-1'));
    for (let id = 2; id <= 41; id += 1) await add(api.valkey, `${id}-1`);
    const seen: string[] = [];
    while (seen.length < 40) {
      const { entries } = fieldOf(await live.next()) as { entries: { entryId: string }[] };
      seen.push(...entries.map(({ entryId }) => entryId));
    }
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => `${index + 2}-1`));
    await using resumed = subscribe(client, tail, { after: '100-1' });
    expect(fieldOf(await resumed.next())).toEqual(started('100-1'));
    expect(fieldOf(await resumed.next())).toEqual(trimmed);
  });

  test('sends its cursor as the ID of a server-sent event, also when it resumes', async () => {
    await using api = await startLiveApi();
    await add(api.valkey, '1-1');
    const follow = async (lastEventId: string | undefined, count: number) => {
      const response = await open(api.url, tail, 'text/event-stream', { after: '$' }, lastEventId);
      const found: unknown[] = [];
      for await (const { id, data } of readEvents(response)) {
        if (data !== undefined && data !== '') found.push([id, fieldOf(JSON.parse(data))]);
        if (found.length === count) break;
      }
      return found;
    };
    expect(await follow(undefined, 1)).toEqual([['1-1', started('1-1')]]);
    await add(api.valkey, '2-1');
    expect(await follow('1-1', 2)).toEqual([
      ['1-1', started('1-1')],
      ['2-1', entry('2-1')],
    ]);
    await api.valkey.command('DEL', 'log');
    await add(api.valkey, '1-5');
    expect(await follow('2-1', 3)).toEqual([
      ['2-1', started('2-1')],
      ['0-0', trimmed],
      ['1-5', entry('1-5')],
    ]);
  });

  test('announces it in the first part of a multipart response', async () => {
    await using api = await startLiveApi();
    const parts = readParts(await open(api.url, tail, 'multipart/mixed;subscriptionSpec=1.0', { after: '0' }));
    const next = async () => {
      for (;;) {
        const { payload } = (await parts.next()).value as { payload?: unknown };
        if (payload !== undefined) return fieldOf(payload);
      }
    };
    expect(await next()).toEqual(started('0-0'));
    await add(api.valkey, '1-1');
    expect(await next()).toEqual(entry('1-1'));
    await parts.return(undefined);
  });
});

describe('A consumer that announces its start', () => {
  test('receives all later entries; a consumer of a missing group receives only the error', async () => {
    await using api = await startLiveApi();
    await using client = connect(api.url);
    await api.valkey.command('XGROUP', 'CREATE', 'log', 'workers', '$', 'MKSTREAM');
    await using working = subscribe(client, work);
    expect(fieldOf(await working.next())).toEqual(started(null));
    await add(api.valkey, '1-1');
    const given = { entries: [{ entry: { entryId: '1-1' } }], gap: null, started: null };
    expect(fieldOf(await working.next())).toEqual(given);
    await using none = subscribe(client, work, { group: 'none' });
    await expect(none.ended).rejects.toThrow('NOT_FOUND');
    expect(none.results).toEqual([]);
  });
});
