import { setTimeout as delay } from 'node:timers/promises';
import { busiest, cpuSeconds, writeCalls } from '../lib/cpu.js';
import { ask } from '../lib/processes.js';

const filler = 'x'.repeat(180);
/** The longest wait for messages; later ones do not count. */
const patienceMs = 6_000;
let runs = 0;

/** Every scene with all contenders, in another order each round. */
export async function playRounds(bench, scenes, contenders, { rounds, report, title, peers, isSelected }) {
  for (const { loads, ...rest } of scenes) {
    const scene = { ...rest, loads: loads.filter(({ name }) => isSelected.load(name)) };
    if (!isSelected.scene(scene.name) || scene.loads.length === 0) continue;
    const table = report.table(`${title}: ${scene.name}`, { reference: 'cachegraph', peers });
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, server] of rotate(Object.entries(contenders), round)) {
        for (const { load, ...figures } of await playScene(bench, server, scene)) table.add(load, name, figures);
      }
    }
    table.print();
  }
}

function rotate(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

/**
 * One contender with all loads of one scene. `bench` has the process of the subscribers, `produce(server, topic, payload)` and
 * `left(topics)`, which resolves once no subscriber is left.
 */
async function playScene(bench, server, { topics, stalled = 0, loads }) {
  const { clients } = bench;
  await ask(clients, { type: 'open', url: server.url, query: server.query, topics });
  await untilSubscribed(bench, server, topics);
  if (stalled > 0) await ask(clients, { type: 'stall', count: stalled });
  const played = [];
  for (const load of loads) played.push({ load: load.name, ...(await play(bench, server, topics, stalled, load)) });
  await ask(clients, { type: 'close' });
  await bench.left([...new Set(topics)]);
  return played;
}

async function play(
  { clients, valkey, produce },
  server,
  topics,
  stalled,
  { messages, perSecond = Infinity, isOneByOne },
) {
  const run = runs++;
  const names = [...new Set(topics)];
  const receivers = topics.length - stalled;
  const expected = messages * receivers;
  await ask(clients, { type: 'expect', run, messages: expected });
  const processes = { server: server.pid, clients: clients.child.pid, publisher: process.pid, Valkey: valkey.pid };
  const before = await cpuSeconds(processes);
  const writesBefore = await writeCalls(server.pid);
  const startedAt = now();
  for (let sent = 0; sent < messages; sent += 1) {
    const due = startedAt + (sent * 1000) / perSecond;
    if (perSecond < Infinity) await delay(Math.max(0, due - now()));
    if (isOneByOne) await ask(clients, { type: 'expect', run, messages: (sent + 1) * receivers });
    for (const name of names) produce(server, name, `m${run},${now().toFixed(2)};${filler}`);
    if (isOneByOne) await ask(clients, { type: 'result', withinMs: patienceMs });
  }
  const { received, at, p50, p99 } = await ask(clients, { type: 'result', withinMs: patienceMs });
  const after = await cpuSeconds(processes);
  const writes = (await writeCalls(server.pid)) - writesBefore;
  const seconds = Math.max(at - startedAt, 1) / 1000;
  return {
    'deliveries/s': received / seconds,
    'CPU µs per delivery': ((after.server - before.server) * 1e6) / Math.max(received, 1),
    'messages per write': received / Math.max(writes, 1),
    'p50 ms': p50,
    'p99 ms': p99,
    'arrived %': (100 * received) / expected,
    busiest: busiest(before, after, seconds),
  };
}

/** A subscription is acknowledged by nothing in the protocol: a message that all have received says so. */
async function untilSubscribed({ clients, produce }, server, topics) {
  for (;;) {
    const run = runs++;
    await ask(clients, { type: 'expect', run, messages: topics.length });
    for (const name of new Set(topics)) produce(server, name, `m${run},${now()};`);
    const { received } = await ask(clients, { type: 'result', withinMs: 1_000 });
    if (received >= topics.length) return;
  }
}

function now() {
  return performance.timeOrigin + performance.now();
}
