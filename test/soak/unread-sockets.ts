import { setTimeout as delay } from 'node:timers/promises';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '../helpers/apis/command.js';
import { openRawWebSocket } from '../helpers/clients/raw-websocket.js';
import { entriesOf } from '../helpers/apis/served-api.js';
import { startValkey } from '../helpers/valkey/valkey.js';
import { startSoakApi } from './api.js';
import { openSocket } from './socket.js';
import { createReport, listed } from './report.js';

/**
 * Measures the cost of 100 sockets that never read, on a channel with messages of 64 KiB: memory, the time until they
 * are closed, and the latency of subscribers that read. Uses the default limits.
 */
const { values } = parseArgs({
  options: {
    sockets: { type: 'string', default: '100' },
    readers: { type: 'string', default: '10' },
    rate: { type: 'string', default: '20' },
  },
});
const [sockets, readers, rate] = [Number(values.sockets), Number(values.readers), Number(values.rate)];
const baselineMs = 15_000;
/** Time to fill the system's buffers, 25 s without progress, and a margin for closing. */
const timeoutMs = 40_000;

const { say, check, finish } = createReport();
const failures: unknown[] = [];
const failed = (reason: unknown): void => void failures.push(reason);
await using valkey = await startValkey();
await using folder = await temporaryFolder();
const config = join(folder.path, 'cachegraph.json');
await writeFile(config, JSON.stringify({ elasticache: false, clusters: entriesOf({ orders: valkey }) }));
await using api = await startSoakApi(config, 0, failed);

let latencies: number[] = [];
const query = 'subscription { channelMessages(cluster: "orders", channels: ["flood"]) { messages { payload } } }';
const reading = Array.from({ length: readers }, () =>
  openSocket({
    url: () => api.url,
    failed,
    operation: () => ({ query, variables: {} }),
    next({ channelMessages: { messages } }) {
      const now = performance.now();
      for (const { payload } of messages) latencies.push(now - Number(payload.split(' ', 1)[0]));
    },
  }),
);
const filler = 'x'.repeat(64 * 1024);
/** Publishes for `ms`, or until `isEnough`. */
const publish = async (ms: number, isEnough = (): Promise<boolean> => Promise.resolve(false)): Promise<number> => {
  const began = performance.now();
  for (let sent = 0; performance.now() - began < ms; sent += 1) {
    await delay(Math.max(0, began + (sent * 1000) / rate - performance.now()));
    await valkey.command('PUBLISH', 'flood', `${performance.now()} ${filler}`);
    if (sent % rate === 0 && (await isEnough())) break;
  }
  return performance.now() - began;
};
/** Median and 99th percentile since the last call, milliseconds. */
const takeLatencies = (): { p50: number; p99: number; text: string } => {
  const sorted = latencies.toSorted((a, b) => a - b);
  latencies = [];
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Infinity;
  const [p50, p99] = [at(0.5), at(0.99)];
  return { p50, p99, text: `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms` };
};

await publish(5_000);
takeLatencies();
await publish(baselineMs);
const alone = takeLatencies();
const before = { rss: await api.rssMiB(), files: await api.openFiles() };
const unread = await Promise.all(
  Array.from({ length: sockets }, () => openRawWebSocket(Number(new URL(api.url).port))),
);
for (const socket of unread) {
  socket.subscribe('1', query);
  socket.stopReading();
}
// The system's buffers must fill first, as for any client.
const fillingMs = await publish(5_000);
const filling = takeLatencies();
let mostMiB = 0;
const closedAfter =
  fillingMs +
  (await publish(timeoutMs, async () => {
    mostMiB = Math.max(mostMiB, await api.rssMiB());
    return (await api.openFiles()) <= before.files;
  }));
const beside = takeLatencies();
for (const socket of [...reading]) socket.close();
for (const socket of unread) await socket[Symbol.asyncDispose]();

say(`${sockets} sockets that never read, ${readers} that do, ${rate} messages of 64 KiB a second`);
const grown = mostMiB - before.rss;
check('memory', `${before.rss.toFixed(0)} MiB before, ${grown.toFixed(0)} MiB more at most`, grown < 150);
check('closed', `within ${(closedAfter / 1000).toFixed(0)} s`, closedAfter < timeoutMs);
say(`readers alone          ${alone.text}`);
say(`while the others fill  ${filling.text}`);
check('beside stuck ones', beside.text, beside.p99 < 2 * alone.p99);
check('failures', listed(failures), failures.length === 0);
finish();
