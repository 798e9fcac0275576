import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';
import { cpuSeconds, printTable } from '../lib/figures.js';
import { ask, start, startCachegraph, startValkey } from '../lib/processes.js';

const filler = 'x'.repeat(180);

/** One channel's messages to many subscribers: cachegraph beside bare ws sockets that are sent the same bytes. */
export async function benchFanout({ rounds, subscribers }) {
  const port = await startValkey();
  const publisher = createClient({ url: `redis://127.0.0.1:${port}`, maintNotifications: 'disabled' });
  await publisher.connect();
  const bare = (await start('fanout/bare-server.js', port)).ready;
  const contenders = { 'bare ws': bare, cachegraph: await startCachegraph(port) };
  const clients = await start('fanout/subscribers.js');

  const scenes = {
    'burst of 60': { messages: 60, perSecond: Infinity },
    'paced, 100 a second for 2 s': { messages: 200, perSecond: 100 },
  };
  for (const [scene, load] of Object.entries(scenes)) {
    const delivered = [];
    const cpu = [];
    const latency = [];
    for (let round = 0; round < rounds; round += 1) {
      const [d, c, l] = [{}, {}, {}];
      for (const [name, server] of Object.entries(contenders)) {
        const { perSecond, cpuPerMessage, p50 } = await measure(server, publisher, clients, subscribers, load);
        [d[name], c[name], l[name]] = [perSecond, cpuPerMessage, p50];
      }
      delivered.push(d);
      cpu.push(c);
      latency.push(l);
    }
    const title = `${subscribers} subscribers of one channel, ${scene}`;
    printTable(`${title}: delivered`, 'messages/s', delivered);
    printTable(`${title}: server CPU per delivered message`, 'µs', cpu);
    printTable(`${title}: p50 from publisher to client`, 'ms', latency);
  }
  await publisher.close();
}

async function measure(server, publisher, clients, subscribers, { messages, perSecond }) {
  await ask(clients, { type: 'open', url: server.url.replace('http', 'ws'), count: subscribers });
  await untilSubscribed(publisher, clients, subscribers);
  const cpuBefore = await cpuSeconds(server.pid);
  await ask(clients, { type: 'expect', messages: messages * subscribers, withinMs: 30_000 });
  const done = new Promise((resolve) => clients.child.once('message', resolve));
  const startedAt = Date.now();
  for (let sent = 0; sent < messages; sent += 1) {
    if (perSecond < Infinity) await delay(Math.max(0, startedAt + (sent * 1000) / perSecond - Date.now()));
    void publisher.publish('bench', `m${Date.now()};${filler}`);
  }
  const { received, at, p50 } = await done;
  const cpu = (await cpuSeconds(server.pid)) - cpuBefore;
  await ask(clients, { type: 'close' });
  if (received < messages * subscribers)
    console.error(`  only ${received} of ${messages * subscribers} arrived in time`);
  return { perSecond: (received * 1000) / Math.max(1, at - startedAt), cpuPerMessage: (cpu * 1e6) / received, p50 };
}

/** A subscription is acknowledged by nothing in the protocol: one message that all have received says so. */
async function untilSubscribed(publisher, clients, subscribers) {
  for (;;) {
    await ask(clients, { type: 'expect', messages: subscribers, withinMs: 1_000 });
    const done = new Promise((resolve) => clients.child.once('message', resolve));
    await publisher.publish('bench', `m${Date.now()};`);
    if ((await done).received >= subscribers) return;
  }
}
