import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { eventually } from '../helpers/eventually.js';
import { data, post } from '../helpers/graphql-client.js';
import { noAnswer } from '../helpers/load.js';
import { faultsOf, isWhole, pick } from './faults.js';
import { startProber } from './prober.js';
import { startScene } from './scene.js';
import { openSocket } from './socket.js';
import { openTail } from './tail.js';
import { createVerdict, listed } from './verdict.js';
import { openWorker } from './worker.js';

/**
 * One fault after another at random, on two processes of the API, a server and a cluster, while entries are written, tailed,
 * worked off and messages heard. Ends with exit code 1 where an acknowledged entry is not accounted for, a process complained or
 * ended, memory grew, or something was left.
 */
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, only: { type: 'string', multiple: true } },
});
const seconds = Number(values.seconds);
if (!(seconds >= 10)) throw new Error('Expected --seconds to be at least 10.');

const { say, check, finish } = createVerdict();
const failures: unknown[] = [];
const failed = (reason: unknown): void => void failures.push(reason);
const complaints: unknown[] = [];
await using scene = await startScene((what) => complaints.push(what));
const { orders, shop, apis } = scene;
const [steady] = apis;
await orders.command('XGROUP', 'CREATE', 'log', 'workers', '0', 'MKSTREAM');
await data(steady.url, '{ a: cluster(name: "orders") { keyCount } b: cluster(name: "shop") { keyCount } }');
const before = await steady.held();

const passing = new Set(['UNKNOWN_OUTCOME', 'CLUSTER_UNAVAILABLE', 'TIMEOUT', 'SHUTTING_DOWN', 'NO_ANSWER']);
const passes = (code: unknown): boolean => passing.has(String(code));
/** Closed and refused connections come back, and so does what an outage refused. */
const outlives = (reason: unknown): boolean =>
  !Array.isArray(reason) || reason.every(({ extensions }) => passes(extensions?.code));
let connections = 0;
// The next connection goes to the other process.
const reaching = { url: () => apis[(connections += 1) % 2]!.url, failed, outlives };
const tails = Array.from({ length: 5 }, () => openTail(reaching));
const workers = Array.from({ length: 8 }, (_, at) => openWorker(reaching, `worker-${at}`, 32));
let heard = 0;
let gaps = 0;
const listeners = Array.from({ length: 6 }, () =>
  openSocket({
    ...reaching,
    operation: () => ({
      query: `subscription { channelMessages(cluster: "orders", channels: ["news"]) { messages { payload } gap { reason } } }`,
      variables: {},
    }),
    next({ channelMessages: { messages, gap } }) {
      heard += Number(messages.length);
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
    if (!codes.every(passes)) failed(result);
    await delay(15);
  }
};
const writing = Promise.all(Array.from({ length: 4 }, write));

const setIn = (cluster: string, keys: readonly string[]): string =>
  `mutation { ${keys
    .map((key, at) => `k${at}: setString(input: { cluster: "${cluster}", key: "${key}", value: "v" }) { applied }`)
    .join(' ')} }`;
const probers = {
  orders: startProber(steady.url, setIn('orders', ['k'])),
  shop: startProber(steady.url, setIn('shop', ['{a}', '{b}', '{c}'])),
};
const slowest = new Map<string, { count: number; ms: number }>();
const heaps: number[] = [];
const faults = faultsOf(scene).filter(({ name }) => values.only?.includes(name) ?? true);
say(`${seconds} s of ${faults.length} kinds of faults`);
const began = performance.now();
const elapsed = (): number => (performance.now() - began) / 1000;
const cutting = setInterval(() => pick([...tails, ...workers, ...listeners]).cut(Math.random() < 0.5), 500);
while (elapsed() < seconds) {
  const fault = pick(faults);
  const start = performance.now();
  await fault.run();
  const healed = fault.heals === true ? performance.now() - start : 0;
  if (fault.of !== 'nobody') {
    // The first answer may be of a moment before the fault was noticed.
    const ms = healed + Math.max(await probers[fault.of].answers(), await probers[fault.of].answers());
    const { count = 0, ms: most = 0 } = slowest.get(fault.name) ?? {};
    slowest.set(fault.name, { count: count + 1, ms: Math.max(most, ms) });
  }
  if (fault.of === 'shop') await isWhole(shop.nodes);
  await delay(500 + Math.random() * 1_000);
  if (elapsed() > (seconds * (heaps.length + 1)) / 6) heaps.push((await steady.held()).heapMiB);
}
clearInterval(cutting);
isWriting = false;
await writing;
for (const prober of Object.values(probers)) prober.stop();

const seen = (): Map<string, number> => {
  const all = new Map<string, number>();
  for (const worker of workers) for (const [id, times] of worker.seen) all.set(id, (all.get(id) ?? 0) + times);
  return all;
};
const missing = (ids: { has(id: string): boolean }): number => added.filter((id) => !ids.has(id)).length;
const groupNow = async (): Promise<string> => {
  const [group] = (
    await data(steady.url, '{ cluster(name: "orders") { stream(name: "log") { groups { lag pending } } } }')
  ).cluster.stream.groups;
  return `pending ${group.pending}, lag ${group.lag}`;
};
await eventually(async () => {
  const late = [...tails.map(({ ids }) => missing(new Set(ids))), missing(seen())];
  const group = await groupNow();
  if (late.some((count) => count > 0) || group !== 'pending 0, lag 0') throw new Error(`${late.join(', ')}; ${group}`);
}, 30_000).catch((error: unknown) => say(`still to come: ${String(error)}`));
heaps.push((await steady.held()).heapMiB);

const lostOnTails = tails.reduce((sum, { ids }) => sum + missing(new Set(ids)), 0);
const repeatedOnTails = tails.reduce((sum, { ids }) => sum + ids.length - new Set(ids).size, 0);
const repeated = [...seen().values()].reduce((sum, times) => sum + times - 1, 0);
const group = await groupNow();
for (const [name, { count, ms }] of slowest)
  say(`${name.padEnd(22)} ${count} times, served again within ${ms.toFixed(0)} ms`);
for (const [name, { slowestMs, codes }] of Object.entries(probers)) {
  say(
    `errors of ${name.padEnd(12)} ${JSON.stringify(Object.fromEntries(codes))}, the slowest answer took ${slowestMs.toFixed(0)} ms`,
  );
}
say(`messages               ${heard} heard, ${gaps} gaps told`);
check('entries', `${added.length} acknowledged`, added.length > seconds);
check('tails', `${lostOnTails} lost, ${repeatedOnTails} repeated`, lostOnTails === 0 && repeatedOnTails === 0);
const share = ((100 * repeated) / added.length).toFixed(2);
check(
  'group',
  `${missing(seen())} lost, ${repeated} repeated (${share} %), ${group}`,
  missing(seen()) === 0 && group === 'pending 0, lag 0',
);
check('failures', listed(failures), failures.length === 0);
check('complaints', listed(complaints), complaints.length === 0);
const [first = 0] = heaps;
const last = heaps.at(-1)!;
check('heap', `${heaps.map((heap) => heap.toFixed(1)).join(', ')} MiB`, last < first * 1.25 + 5);

for (const socket of [...tails, ...workers.slice(1), ...listeners]) socket.close();
await Promise.all(workers.map((worker) => worker.settled()));
// The names of consumers whose process or network was gone when they left are removed by one that reads on.
await eventually(async () => {
  const consumers = String(await orders.command('XINFO', 'CONSUMERS', 'log', 'workers'));
  if ((consumers.match(/name,/g) ?? []).length > 1) throw new Error('Not yet.');
}, 120_000).catch(() => undefined);
workers[0]!.close();
const left = async (): Promise<string[]> => {
  const channels = await orders.command('PUBSUB', 'CHANNELS');
  const consumers = await orders.command('XINFO', 'CONSUMERS', 'log', 'workers');
  const { resources } = await steady.held();
  // Of a node that was primary once the connection is kept.
  const mayStay = (name: string): number =>
    (before.resources[name] ?? 0) + (name === 'TCPSocketWrap' ? shop.replicas.length : 0);
  const more = Object.entries(resources).filter(([name, count]) => count > mayStay(name));
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
  check('told to stop', `ended with ${end} after ${ms.toFixed(0)} ms`, end === 0 && ms < 10_000);
}
finish();
