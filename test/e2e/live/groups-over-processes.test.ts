import { expect, test } from 'vitest';
import { startApiProcess, type ApiProcess } from '../../helpers/apis/api-process.js';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, data, subscribe } from '../../helpers/clients/graphql-client.js';
import { startValkey, type TestValkey } from '../../helpers/valkey/valkey.js';

const names = { cluster: 'orders', stream: 'jobs', group: 'workers' };
const group = 'cluster: "orders", stream: "jobs", group: "workers"';

interface Delivered {
  readonly id: string;
  readonly deliveryCount: number;
  readonly claimed: boolean;
}

/** A consumer that acknowledges its entries, except those that it keeps, through any process. */
function startConsumer(
  process: ApiProcess,
  consumer: string,
  {
    acknowledge,
    keeps = () => false,
  }: { acknowledge: (ids: string[]) => Promise<void>; keeps?: (at: number) => boolean },
) {
  const client = connect(process.url);
  const subscribed = subscribe(
    client,
    `subscription { groupEntries(${group}, consumer: "${consumer}", maxInFlight: 8, claimIdleSeconds: 3600) {
      entries { entry { entryId } deliveryCount claimed }
    } }`,
  );
  const delivered: Delivered[] = [];
  const working = (async () => {
    for (;;) {
      const result = await subscribed.next().catch(() => undefined);
      if (!result) return;
      const entries = result.data!['groupEntries'].entries as (Omit<Delivered, 'id'> & {
        entry: { entryId: string };
      })[];
      const kept = entries.filter((_, at) => keeps(delivered.length + at));
      delivered.push(...entries.map(({ entry, ...rest }) => ({ id: entry.entryId, ...rest })));
      const ids = entries.filter((entry) => !kept.includes(entry)).map(({ entry }) => entry.entryId);
      if (ids.length > 0) await acknowledge(ids);
    }
  })();
  return {
    delivered,
    async [Symbol.asyncDispose]() {
      subscribed.leave();
      await client.dispose();
      await working;
    },
  };
}

const add = 'mutation ($input: AddStreamEntryInput!) { addStreamEntry(input: $input) { entryId } }';
async function write(through: () => ApiProcess, count: number): Promise<string[]> {
  const added: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const input = { cluster: 'orders', stream: 'jobs', fields: [{ name: 'n', value: String(at) }] };
    added.push((await data(through().url, add, { input })).addStreamEntry.entryId as string);
  }
  return added;
}
/** As if the consumers had left their entries alone for two hours. */
async function neglect(valkey: TestValkey, consumers: readonly string[]): Promise<void> {
  for (const consumer of consumers) {
    const pending = await valkey.command('XPENDING', 'jobs', 'workers', '-', '+', '1000', consumer);
    const ids = (pending as unknown as [unknown][]).map(([id]) => String(id));
    if (ids.length > 0)
      await valkey.command('XCLAIM', 'jobs', 'workers', consumer, '0', ...ids, 'IDLE', '7200000', 'JUSTID');
  }
}
const consumersOf = async (valkey: TestValkey): Promise<string> => {
  const consumers = await valkey.command('XINFO', 'CONSUMERS', 'jobs', 'workers');
  return [...String(consumers).matchAll(/name,([^,]+)/g)].map(([, name]) => name).join(' ');
};

test('five writers and ten consumers over two processes lose no entry when one process is killed', async () => {
  await using valkey = await startValkey();
  await using doomed = await startApiProcess(valkey);
  await using other = await startApiProcess(valkey);
  const make = 'mutation ($input: CreateConsumerGroupInput!) { createConsumerGroup(input: $input) { created } }';
  await data(doomed.url, make, { input: { ...names, startAt: '0' } });

  const acknowledged = new Map<string, number>();
  const acknowledge = async (entryIds: string[]): Promise<void> => {
    const mutation = `mutation ($input: AcknowledgeEntriesInput!) {
      acknowledgeEntries(input: $input) { acknowledged userErrors { message } }
    }`;
    // Always through the living process, regardless of which one delivered them.
    const { acknowledgeEntries } = await data(other.url, mutation, { input: { ...names, entryIds } });
    expect(acknowledgeEntries.userErrors).toEqual([]);
    for (const id of entryIds) acknowledged.set(id, (acknowledged.get(id) ?? 0) + 1);
  };
  // Each keeps its first entry, and now and then another, so that there is something to be claimed.
  const keeps = (at: number): boolean => at % 5 === 0;
  const dying = Array.from({ length: 5 }, (_, at) => startConsumer(doomed, `dying-${at}`, { acknowledge, keeps }));
  const living = Array.from({ length: 5 }, (_, at) => startConsumer(other, `living-${at}`, { acknowledge }));

  const writing = [doomed, other, doomed, other, other].map((process) => write(() => process, 40));
  const written = (await Promise.all(writing)).flat();
  await eventually(() => dying.forEach(({ delivered }) => expect(delivered.length).toBeGreaterThan(0)));
  const more = Array.from({ length: 5 }, () => write(() => other, 40));
  doomed.command.child.kill('SIGKILL');
  expect(await doomed.command.ended).toBe('SIGKILL');
  // After this, what the process had still sent has been executed.
  await valkey.command('PING');
  await neglect(
    valkey,
    dying.map((_, at) => `dying-${at}`),
  );
  written.push(...(await Promise.all(more)).flat());

  await eventually(() => expect([...acknowledged.keys()].toSorted()).toEqual(written.toSorted()));
  expect(written).toHaveLength(400);
  const before = new Set(dying.flatMap(({ delivered }) => delivered.map(({ id }) => id)));
  const after = living.flatMap(({ delivered }) => delivered);
  const again = after.filter(({ id }) => before.has(id));
  expect(again.length).toBeGreaterThanOrEqual(5);
  for (const { deliveryCount, claimed } of again) {
    expect(deliveryCount).toBeGreaterThan(1);
    expect(claimed).toBe(true);
  }
  // Only consumers of the killed process saw an entry that came again.
  expect(new Set(after.map(({ id }) => id)).size).toBe(after.length);

  await eventually(async () => {
    const dashboard = `{ cluster(name: "orders") { stream(name: "jobs") { groups { lag pending } } } }`;
    expect((await data(other.url, dashboard)).cluster.stream.groups).toEqual([{ lag: 0, pending: 0 }]);
    expect(await consumersOf(valkey)).toBe('living-0 living-1 living-2 living-3 living-4');
  });
  for (const consumer of [...dying, ...living]) await consumer[Symbol.asyncDispose]();
  await eventually(async () => expect(await consumersOf(valkey)).toBe(''));
}, 60_000);
