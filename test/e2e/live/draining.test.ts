import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '../../helpers/run/eventually.js';
import { followTail } from '../../helpers/valkey/followed-tail.js';
import { connect, subscribe, type Subscribed } from '../../helpers/clients/graphql-client.js';
import { startLiveApiOn } from '../../helpers/apis/live-api.js';
import { readEvents, readParts } from '../../helpers/clients/streaming-responses.js';
import { startWriting } from '../../helpers/valkey/stream-writer.js';
import { startTestApi } from '../../helpers/apis/test-api.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

describe('A server that shuts down', () => {
  test('sends 200 sockets their cursors, closes them one after another, and all resume elsewhere without loss or repeat', async () => {
    await using valkey = await startValkey();
    await using first = await startLiveApiOn(valkey);
    await using second = await startLiveApiOn(valkey);
    await using writer = startWriting(valkey, 'log');
    const tails = Array.from({ length: 200 }, () =>
      followTail(first.url, { stream: 'log', after: '0', next: second.url }),
    );
    await Promise.all(tails.map((tail) => tail.has(1)));
    await writer.more(10);

    const [left] = await Promise.all([Promise.all(tails.map((tail) => tail.left)), first.close()]);
    for (const { cursors, lastId, code } of left) {
      expect(code).toBe(1001);
      expect(cursors).toEqual({ tail: lastId });
    }
    // Entries were added between the closes, so the cursors differ.
    expect(new Set(left.map(({ lastId }) => lastId)).size).toBeGreaterThan(1);

    await writer.more(10);
    await writer.stop();
    await Promise.all(tails.map((tail) => tail.has(writer.added.length)));
    for (const tail of tails) {
      expect(tail.ids).toEqual(writer.added);
      expect(tail.gaps).toEqual([]);
      await tail[Symbol.asyncDispose]();
    }
  });

  test('sends the cursor of a tail without entries, and none for a source that cannot be resumed', async () => {
    await using valkey = await startValkey();
    await using api = await startLiveApiOn(valkey);
    const id = String(await valkey.command('XADD', 'quiet', '*', 'n', '1'));
    await using socket = await openSocket(api.url);
    const open = (name: string, field: string): void => {
      socket.say({ id: name, type: 'subscribe', payload: { query: `subscription { ${field} }` } });
    };
    open('__proto__', 'streamEntries(cluster: "orders", stream: "quiet", after: "$") { entries { entryId } }');
    open('given', 'streamEntries(cluster: "orders", stream: "quiet", after: "5-1") { entries { entryId } }');
    open('news', 'channelMessages(cluster: "orders", channels: ["news"]) { messages { payload } }');
    await eventually(() => expect(socket.received.map(({ id }) => id)).toContain('given'));
    await eventually(async () => {
      expect(String(await valkey.command('PUBSUB', 'NUMSUB', 'news'))).toBe('news,1');
    });
    await api.close();
    expect(await socket.closed).toBe(1001);
    const payload = JSON.parse(`{ "__proto__": "${id}", "given": "${id}" }`) as object;
    expect(socket.received.at(-1)).toEqual({ type: 'ping', payload });
  });

  test('answers running operations on a socket before it closes it, and refuses new ones', async () => {
    const api = await startTestApi({ operationTimeoutMs: 200 });
    await using client = connect(api.url);
    const running = subscribe(client, '{ never }');
    const ticking = subscribe(client, 'subscription { ticks { text } }');
    await Promise.all([api.asked(), api.ticks.hasOpen(1)]);
    const closing = api.close();
    await expect(subscribe(client, '{ hello }').ended).rejects.toThrow('SHUTTING_DOWN');
    await expect(subscribe(client, 'subscription { ticks { text } }').ended).rejects.toThrow('SHUTTING_DOWN');
    expect(await running.next()).toMatchObject({ errors: [{ extensions: { code: 'TIMEOUT' } }] });
    await expect(ticking.ended).rejects.toMatchObject({ reason: { code: 1001 } });
    await closing;
  });

  test('answers the running request on a connection, and refuses the request after it', async () => {
    const api = await startTestApi({ operationTimeoutMs: 200 });
    const socket = connectTcp(api.port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    const ended = once(socket, 'close');
    const ask = (query: string) =>
      socket.write(`GET /graphql?query=${encodeURIComponent(query)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    ask('{ never }');
    await api.asked();
    const closing = api.close();
    ask('{ hello }');
    await Promise.all([closing, ended]);
    expect(text).toMatch(/^HTTP\/1.1 200 OK[^]*TIMEOUT[^]*HTTP\/1.1 503 Service Unavailable[^]*SHUTTING_DOWN/);
    expect(text).not.toContain('hello');
  });

  test('waits neither for operations that run longer than drainTimeoutMs, nor for clients that do not answer', async () => {
    const api = await startTestApi({ drainTimeoutMs: 100 });
    await using socket = await openSocket(api.url);
    socket.say({ id: '1', type: 'subscribe', payload: { query: '{ never }' } });
    await api.asked();
    socket.pause();
    await api.close();
  });

  test.each(['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'])(
    'ends streams as %s so that they resume elsewhere exactly, while entries are added',
    async (accept) => {
      await using valkey = await startValkey();
      await using first = await startLiveApiOn(valkey);
      await using second = await startLiveApiOn(valkey);
      await using writer = startWriting(valkey, 'log');
      const streams = Array.from({ length: 30 }, (): string[] => []);
      const following = streams.map(async (ids) => follow(await openTail(first.url, { accept }), ids));
      await eventually(() => {
        for (const ids of streams) expect(ids).not.toEqual([]);
      });
      const [cursors] = await Promise.all([Promise.all(following), first.close()]);
      expect(cursors).toEqual(streams.map((ids) => ids.at(-1)));
      await writer.more(10);
      await writer.stop();
      for (const [at, ids] of streams.entries()) {
        const headers = { accept, 'last-event-id': cursors[at]! };
        void follow(await openTail(second.url, headers), ids);
      }
      await eventually(() => {
        for (const ids of streams) expect(ids).toHaveLength(writer.added.length);
      });
      for (const ids of streams) expect(ids).toEqual(writer.added);
    },
  );

  test('offers entries that its consumers have not acknowledged to other consumers at once', async () => {
    await using processes = await startTwoProcesses();
    const { valkey, first, leaving, staying } = processes;
    const read = (client: typeof leaving, consumer: string): Subscribed =>
      subscribe(client, groupQuery, { consumer, ack: 'MANUAL' });
    const left = read(leaving, 'left');
    for (let id = 1; id <= 20; id += 1) await valkey.command('XADD', 'jobs', `1-${id}`, 'n', '1');
    await eventually(() => expect(entriesOf(left)).toHaveLength(20));
    await using other = read(staying, 'other');
    await first.close();
    // Long before the entries have been idle for `claimIdleSeconds`.
    await eventually(() => expect(entriesOf(other)).toHaveLength(20));
    for (const entry of entriesOf(other)) expect(entry).toMatchObject({ claimed: true, deliveryCount: 2 });
  });

  test('acknowledges nothing by ON_SEND that it does not deliver', async () => {
    await using processes = await startTwoProcesses();
    const { valkey, first, leaving, staying } = processes;
    await using writer = startWriting(valkey, 'jobs');
    const left = ['a', 'b', 'c'].map((consumer) => subscribe(leaving, groupQuery, { consumer, ack: 'ON_SEND' }));
    await Promise.all(left.map((reader) => reader.next()));
    await first.close();
    await using other = subscribe(staying, groupQuery, { consumer: 'other', ack: 'ON_SEND' });
    await other.next();
    await writer.stop();
    const all = (): string[] => [...left, other].flatMap(entriesOf).map(({ entry }) => entry.entryId);
    await eventually(() => expect(all()).toHaveLength(writer.added.length));
    expect(new Set(all())).toEqual(new Set(writer.added));
  });
});

/** Two processes of the API on one Valkey with a group, and a client of each. */
async function startTwoProcesses() {
  const valkey = await startValkey();
  await valkey.command('XGROUP', 'CREATE', 'jobs', 'workers', '0', 'MKSTREAM');
  const [first, second] = [await startLiveApiOn(valkey), await startLiveApiOn(valkey)];
  const [leaving, staying] = [connect(first.url), connect(second.url)];
  return {
    valkey,
    first,
    leaving,
    staying,
    async [Symbol.asyncDispose]() {
      for (const each of [leaving, staying, first, second, valkey]) await each[Symbol.asyncDispose]();
    },
  };
}

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A bare socket whose connection the server has acknowledged. */
async function openSocket(url: string) {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  const received: Message[] = [];
  const closed = (once(socket, 'close') as Promise<[number]>).then(([code]) => code);
  socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString()) as Message));
  await once(socket, 'open');
  const say = (message: object): void => socket.send(JSON.stringify(message));
  say({ type: 'connection_init' });
  await once(socket, 'message');
  return {
    received,
    closed,
    say,
    pause: () => socket.pause(),
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await closed;
    },
  };
}

const groupQuery = `subscription ($consumer: String!, $ack: AckMode!) {
  groupEntries(cluster: "orders", stream: "jobs", group: "workers", consumer: $consumer, ack: $ack) {
    entries { entry { entryId } deliveryCount claimed }
  }
}`;

function entriesOf({ results }: Subscribed): { entry: { entryId: string }; deliveryCount: number; claimed: boolean }[] {
  return results.flatMap(({ data }) => data!['groupEntries'].entries as ReturnType<typeof entriesOf>);
}

/** Opens a tail of `log` from its beginning. */
function openTail(url: string, headers: Record<string, string>): Promise<Response> {
  const query = 'subscription { streamEntries(cluster: "orders", stream: "log", after: "0") { entries { entryId } } }';
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
}

interface TailPayload {
  readonly data: { readonly streamEntries: { readonly entries: readonly { entryId: string }[] } };
}

/** Collects the entries of a tail until its response ends. Resolves with the last cursor that the server sent. */
async function follow(response: Response, ids: string[]): Promise<string | undefined> {
  const take = ({ data }: TailPayload): void => {
    ids.push(...data.streamEntries.entries.map(({ entryId }) => entryId));
  };
  let cursor: string | undefined;
  if (response.headers.get('content-type')?.includes('multipart')) {
    for await (const part of readParts(response)) {
      const { payload, errors } = part as { payload?: TailPayload; errors?: { extensions: Record<string, string> }[] };
      if (payload) take(payload);
      for (const { extensions } of errors ?? []) {
        expect(extensions['code']).toBe('SHUTTING_DOWN');
        cursor = extensions['cursor'];
      }
    }
    return cursor;
  }
  for await (const { event, id, data } of readEvents(response)) {
    cursor = id ?? cursor;
    if (event === 'next') take(JSON.parse(data!) as TailPayload);
    expect(event).not.toBe('complete');
  }
  return cursor;
}
