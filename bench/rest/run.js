import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { cpuSeconds } from '../lib/cpu.js';
import { end, startCachegraph, startDev, startValkey } from '../lib/processes.js';
import { openRawWebSocket } from '../lib/raw-websocket.js';
import { activity, untilAtRest } from '../lib/rest.js';

const measuredMs = 10_000;
const clusters = 50;

/** The cost of an idle process: wake-ups, CPU and memory, one line per situation. */
export async function benchRest({ isSelected }) {
  const rows = {};
  for (const [name, begin] of Object.entries(situations)) {
    if (!isSelected.scene(name)) continue;
    const { pid, nodes = [] } = await begin();
    await untilAtRest();
    const [used, figures] = [await secondsOf(nodes), await activity(pid, measuredMs)];
    const theirs = (100 * ((await secondsOf(nodes)) - used)) / (measuredMs / 1000);
    rows[name] = Object.fromEntries(
      Object.entries({ ...figures, "percent of a core, its nodes'": theirs }).map(([key, figure]) => [
        key,
        Number(figure.toFixed(2)),
      ]),
    );
    await end(pid);
  }
  console.log(`\nAt rest, over ${measuredMs / 1000} s`);
  console.table(rows);
}

const situations = {
  'serve, one cluster and one subscription': async () => {
    const { port, pid: valkey } = await startValkey();
    const { url, pid } = await startCachegraph({ port, logLevel: 'info' });
    await readKey(url, 'bench');
    await subscribe(url);
    return { pid, nodes: [valkey] };
  },
  'dev, no cluster': () => dev(0),
  'dev, 50 clusters': () => dev(clusters),
};

/** `dev` with so many clusters of one node, each of which was read from once. */
async function dev(count) {
  const names = Array.from({ length: count }, (_, at) => `rest-${at}`);
  const { url, pid } = await startDev(...names);
  for (const name of names) await readKey(url, name);
  return { pid, nodes: await childrenOf(pid) };
}

async function readKey(url, cluster) {
  const query = `{ cluster(name: "${cluster}") { key(name: "a") { type } } }`;
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data, errors } = await response.json();
  if (errors || !data.cluster) throw new Error(`${cluster}: ${JSON.stringify(errors)}`);
}

async function subscribe(url) {
  const { socket, send } = await openRawWebSocket(url.replace('http', 'ws'));
  const acknowledged = once(socket, 'data');
  send({ type: 'connection_init' });
  await acknowledged;
  socket.on('data', (chunk) => {
    if (!chunk.includes('"error"')) return;
    console.error(String(chunk));
    process.exit(1);
  });
  const query = 'subscription { channelMessages(cluster: "bench", channels: ["quiet"]) { messages { payload } } }';
  send({ id: '1', type: 'subscribe', payload: { query } });
}

/** The processes that this one has started and not yet seen end. Linux. */
async function childrenOf(pid) {
  const lists = (await readdir(`/proc/${pid}/task`)).map((thread) =>
    readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''),
  );
  return (await Promise.all(lists)).join(' ').split(' ').filter(Boolean).map(Number);
}

async function secondsOf(pids) {
  const used = await cpuSeconds(Object.fromEntries(pids.map((pid) => [pid, pid])));
  return Object.values(used).reduce((sum, seconds) => sum + seconds, 0);
}
