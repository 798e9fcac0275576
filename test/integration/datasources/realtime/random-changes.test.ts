import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { KeyChange, KeyEventDelivery } from '../../../../src/domain/realtime/key-watch.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { startValkey, type TestValkey } from '../../../helpers/valkey/valkey.js';

const names = ['p:a', 'p:b', 'p:c'];
const name = fc.constantFrom(...names);
const anywhere = fc.constantFrom(...names, 'elsewhere');

/** Commands that change keys, by many ways; those for database 3 are no changes of the watched keys. */
const command = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('SET'), name, fc.string({ maxLength: 5 })) },
  fc.tuple(fc.constant('DEL'), name),
  fc.tuple(fc.constantFrom('HSET', 'PSETEX'), name, fc.constant('1'), fc.constant('v')),
  fc.tuple(fc.constantFrom('APPEND', 'LPUSH', 'SADD', 'PFADD'), name, fc.constantFrom('x', 'y')),
  fc.tuple(fc.constantFrom('RENAME', 'RENAMENX', 'COPY'), anywhere, anywhere),
  fc.tuple(fc.constantFrom('INCR', 'PERSIST', 'LPOP', 'SPOP', 'GETDEL'), name),
  fc.tuple(fc.constant('PEXPIRE'), name, fc.constantFrom('1', '100000', '-1')),
  fc.tuple(fc.constant('MOVE'), name, fc.constant('3')),
  fc.tuple(
    fc.constant('EVAL'),
    fc.constant("server.call('SELECT', 3); return server.call('SET', KEYS[1], 'in 3')"),
    fc.constant('1'),
    name,
  ),
);
const disturbance = fc.constantFrom(
  ['FLUSHALL'],
  ['FLUSHDB'],
  ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
  ['kill tracking'],
  ['CONFIG', 'SET', 'tracking-table-max-keys', '1'],
  ['CONFIG', 'SET', 'tracking-table-max-keys', '0'],
);
const changes = fc.array(fc.oneof({ weight: 5, arbitrary: command }, { weight: 1, arbitrary: disturbance }), {
  ...{ minLength: 3, maxLength: 25, size: 'max' },
});

/** A run that waits longer than the time limit of all runs would count as one that was not tried. */
const patienceMs = 5_000;

/** The key with its value as bytes, and whether it expires. */
async function stateOf({ connections }: TestRealtime, key: string): Promise<string> {
  const commands = await connections.commands('orders');
  const [dump, expiry] = await Promise.all(
    [['DUMP', key] as const, ['PEXPIRETIME', key] as const].map((args) =>
      commands.send({ args, key: Buffer.from(key) }),
    ),
  );
  return Buffer.isBuffer(dump) ? `${dump.toString('base64')} until ${String(expiry)}` : 'none';
}

async function run(server: TestValkey, [first = '', ...rest]: readonly string[]): Promise<void> {
  if (first !== 'kill tracking') {
    // Some do not fit the type of the key.
    await server.command(first, ...rest).catch(() => undefined);
    return;
  }
  const clients = String(await server.command('CLIENT', 'LIST')).split('\n');
  for (const client of clients) {
    const [, id = ''] = / flags=\S*t/.test(client) ? (/id=(\d+)/.exec(client) ?? []) : [];
    if (id !== '') await server.command('CLIENT', 'KILL', 'ID', id);
  }
}

it('a watched key shows its last state in the end, whatever changes it', async () => {
  await using server = await startValkey({ args: ['--notify-keyspace-events', 'KA'] });
  await using realtime = realtimeOn(server);
  await fc.assert(
    fc.asyncProperty(changes, async (commands) => {
      await server.command('FLUSHALL');
      const watching = names.map((key) => {
        const watched = { key, last: '' };
        const read = async (): Promise<void> => {
          watched.last = await stateOf(realtime, key);
        };
        const listening = listenTo<KeyChange>(
          realtime.keyChanges({ cluster: 'orders', key: Buffer.from(key), announce: false }),
          (change) => {
            const reading = read();
            change.reading(reading);
            reading.catch(() => undefined);
          },
        );
        return Object.assign(watched, { listening });
      });
      for (const { listening } of watching) await listening.until((events) => events.length > 0);
      for (const each of commands) await run(server, each);
      for (const watched of watching) {
        await eventually(async () => expect(watched.last).toBe(await stateOf(realtime, watched.key)), patienceMs);
        watched.listening.subscription.close();
      }
    }),
    { numRuns: 60, interruptAfterTimeLimit: 20_000 },
  );
}, 90_000);

it('each change of a key is followed by an event or a gap', async () => {
  await using server = await startValkey({ args: ['--notify-keyspace-events', 'KA'] });
  await using realtime = realtimeOn(server);
  const unflushed = changes.map((commands) =>
    commands.filter(([first]) => first !== 'FLUSHALL' && first !== 'FLUSHDB'),
  );
  await fc.assert(
    fc.asyncProperty(unflushed, async (commands) => {
      await server.command('FLUSHALL');
      const last = new Map<string, string>();
      const readAgain = async (keys: readonly string[]): Promise<void> => {
        for (const key of keys) last.set(key, await stateOf(realtime, key));
      };
      const listening = listenTo<KeyEventDelivery>(
        realtime.keyEvents({
          ...{ cluster: 'orders', match: Buffer.from('p:*'), announce: true },
          holdPatterns: () => () => undefined,
        }),
        ({ events, gap, started }) => {
          const keys = gap || started ? names : events.map(({ key }) => key.toString());
          readAgain(keys).catch(() => undefined);
        },
      );
      await listening.until((deliveries) => deliveries.some(({ started }) => started));
      for (const each of commands) await run(server, each);
      for (const key of names) {
        await eventually(async () => expect(last.get(key)).toBe(await stateOf(realtime, key)), patienceMs);
      }
      listening.subscription.close();
    }),
    { numRuns: 60, interruptAfterTimeLimit: 20_000 },
  );
}, 90_000);

it('10,000 evictions are 10,000 events, or a gap that says how many are missing', async () => {
  const limits = ['--maxmemory', '3mb', '--maxmemory-policy', 'allkeys-random'];
  await using server = await startValkey({ args: [...limits, '--notify-keyspace-events', 'Ke'] });
  await using realtime = realtimeOn(server);
  let seen = 0;
  const listening = listenTo<KeyEventDelivery>(
    realtime.keyEvents({
      ...{ cluster: 'orders', match: Buffer.from('*'), events: ['evicted'], announce: true },
      holdPatterns: () => () => undefined,
    }),
    ({ events, gap }) => (seen += events.length + (gap?.missed ?? 0)),
  );
  await listening.until((deliveries) => deliveries.some(({ started }) => started));
  const value = 'v'.repeat(500);
  const evicted = async (): Promise<number> =>
    Number(/evicted_keys:(\d+)/.exec(String(await server.command('INFO', 'stats')))?.[1]);
  for (let round = 0; (await evicted()) < 10_000; round += 1) {
    await server.command(
      ...[
        'EVAL',
        'for at = 1, 1000 do server.call("SET", KEYS[1] .. ":" .. at, ARGV[1]) end',
        '1',
        String(round),
        value,
      ],
    );
  }
  await eventually(async () => expect(seen).toBe(await evicted()));
  listening.subscription.close();
}, 60_000);
