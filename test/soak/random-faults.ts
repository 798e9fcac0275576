import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { eventually } from '../helpers/run/eventually.js';
import { data, post } from '../helpers/clients/graphql-client.js';
import { noAnswer } from '../helpers/clients/load.js';
import { openConsumers } from './readers.js';
import { faultsOf, isHealthy, pick } from './faults.js';
import { startChecker } from './checker.js';
import { startScenario } from './scenario.js';
import { isTemporary, openSocket } from './socket.js';
import { createReport, listed } from './report.js';

/**
 * Injects random faults, one after another, into two API processes, a server and a cluster, while entries are written,
 * tailed and consumed, and messages are received. The exit code is 1 if an acknowledged entry is missing, a process
 * complained or exited, memory grew, or something was left behind.
 */
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, only: { type: 'string', multiple: true } },
});
const seconds = Number(values.seconds);
if (!(seconds >= 10)) throw new Error('Expected --seconds to be at least 10.');

const { say, check, finish } = createReport();
const failures: unknown[] = [];
const failed = (reason: unknown): void => void failures.push(reason);
const complaints: unknown[] = [];
await using scenario = await startScenario((complaint) => complaints.push(complaint));
const { orders, shop, apis } = scenario;
const [steady] = apis;
await data(steady.url, '{ a: cluster(name: "orders") { keyCount } b: cluster(name: "shop") { keyCount } }');
const before = await steady.held();

const readers = await openConsumers(scenario, { tails: 5, workers: 8, maxInFlight: 32 }, failed);
const { reaching, workers } = readers;
let received = 0;
let gaps = 0;
const listeners = Array.from({ length: 6 }, () =>
  openSocket({
    ...reaching,
    operation: () => ({
      query: `subscription { channelMessages(cluster: "orders", channels: ["news"]) { messages { payload } gap { reason } } }`,
      variables: {},
    }),
    next({ channelMessages: { messages, gap } }) {
      received += Number(messages.length);
      gaps += gap ? 1 : 0;
    },
  }),
);

const added: string[] = [];
let isWriting = true;
const write = async (): Promise<void> => {
  const query = `mutation {
    addStreamEntry(input: { cluster: "orders", stream: "log", fields: [{ name: "n", value: "1" }] }) {
      entryId userErrors { code }
    }
    publish(input: { cluster: "orders", channel: "news", payload: "x" }) { userErrors { code } }
  }`;
  while (isWriting) {
    const result = await post(reaching.url(), query).catch(noAnswer);
    const { entryId, userErrors = [] } = (result.data?.['addStreamEntry'] ?? {}) as any;
    if (entryId) added.push(entryId);
    const codes = [...(result.errors ?? []).map(({ extensions }) => extensions?.['code']), ...userErrors];
    if (!codes.every(isTemporary)) failed(result);
    await delay(15);
  }
};
const writing = Promise.all(Array.from({ length: 4 }, write));

const setIn = (cluster: string, keys: readonly string[]): string =>
  `mutation { ${keys
    .map((key, at) => `k${at}: setString(input: { cluster: "${cluster}", key: "${key}", value: "v" }) { applied }`)
    .join(' ')} }`;
const checkers = {
  orders: startChecker(steady.url, setIn('orders', ['k'])),
  shop: startChecker(steady.url, setIn('shop', ['{a}', '{b}', '{c}'])),
};
const slowest = new Map<string, { count: number; ms: number }>();
const heaps: number[] = [];
const faults = faultsOf(scenario).filter(({ name }) => values.only?.includes(name) ?? true);
say(`${seconds} s of ${faults.length} kinds of faults`);
const began = performance.now();
const elapsed = (): number => (performance.now() - began) / 1000;
const cutting = setInterval(() => pick([...readers.sockets, ...listeners]).cut(Math.random() < 0.5), 500);
while (elapsed() < seconds) {
  const fault = pick(faults);
  const start = performance.now();
  await fault.run();
  const healed = fault.heals === true ? performance.now() - start : 0;
  if (fault.of !== 'nobody') {
    // The first answer may be from before the fault was noticed.
    const ms = healed + Math.max(await checkers[fault.of].answers(), await checkers[fault.of].answers());
    const { count = 0, ms: maxMs = 0 } = slowest.get(fault.name) ?? {};
    slowest.set(fault.name, { count: count + 1, ms: Math.max(maxMs, ms) });
  }
  if (fault.of === 'shop') await isHealthy(shop.nodes);
  await delay(500 + Math.random() * 1_000);
  if (elapsed() > (seconds * (heaps.length + 1)) / 6) heaps.push((await steady.held()).heapMiB);
}
clearInterval(cutting);
isWriting = false;
await writing;
for (const checker of Object.values(checkers)) checker.stop();

const { lost, repeated, pending, lag, lostOnTails, repeatedOnTails } = await readers.account(added);
heaps.push((await steady.held()).heapMiB);
for (const [name, { count, ms }] of slowest)
  say(`${name.padEnd(22)} ${count} times, served again within ${ms.toFixed(0)} ms`);
for (const [name, { slowestMs, codes }] of Object.entries(checkers)) {
  say(
    `errors of ${name.padEnd(12)} ${JSON.stringify(Object.fromEntries(codes))}, the slowest answer took ${slowestMs.toFixed(0)} ms`,
  );
}
say(`messages               ${received} received, ${gaps} gaps`);
check('entries', `${added.length} acknowledged`, added.length > seconds);
check('tails', `${lostOnTails} lost, ${repeatedOnTails} repeated`, lostOnTails === 0 && repeatedOnTails === 0);
const share = ((100 * repeated) / added.length).toFixed(2);
check(
  'group',
  `${lost} lost, ${repeated} repeated (${share} %), ${pending} pending, lag ${lag}`,
  lost + pending + lag === 0,
);
check('failures', listed(failures), failures.length === 0);
check('complaints', listed(complaints), complaints.length === 0);
const [first = 0] = heaps;
const last = heaps.at(-1)!;
check('heap', `${heaps.map((heap) => heap.toFixed(1)).join(', ')} MiB`, last < first * 1.25 + 5);

for (const socket of [...readers.sockets, ...listeners]) if (socket !== workers[0]) socket.close();
await Promise.all(workers.map((worker) => worker.settled()));
// A consumer that keeps reading removes the names of consumers whose process or network was gone when they left.
await eventually(async () => {
  const consumers = String(await orders.command('XINFO', 'CONSUMERS', 'log', 'workers'));
  if ((consumers.match(/name,/g) ?? []).length > 1) throw new Error('Not yet.');
}, 120_000).catch(() => undefined);
workers[0]!.close();
const left = async (): Promise<string[]> => {
  const channels = await orders.command('PUBSUB', 'CHANNELS');
  const consumers = await orders.command('XINFO', 'CONSUMERS', 'log', 'workers');
  const { resources } = await steady.held();
  // The connection to a former primary is kept.
  const allowedCount = (name: string): number =>
    (before.resources[name] ?? 0) + (name === 'TCPSocketWrap' ? shop.replicas.length : 0);
  const more = Object.entries(resources).filter(([name, count]) => count > allowedCount(name));
  return [
    ...(String(channels) === '' ? [] : [`channels ${String(channels)}`]),
    ...(String(consumers) === '' ? [] : [`consumers ${String(consumers)}`]),
    ...more.map(([name, count]) => `${count} ${name}, ${before.resources[name] ?? 0} before`),
  ];
};
await eventually(async () => {
  if ((await left()).length > 0) throw new Error('Not yet.');
}, 20_000).catch(() => undefined);
const remains = await left();
check('left', listed(remains), remains.length === 0);
for (const api of apis) {
  const { end, ms } = await api.stop();
  check('stop', `ended with ${end} after ${ms.toFixed(0)} ms`, end === 0 && ms < 10_000);
}
finish();
