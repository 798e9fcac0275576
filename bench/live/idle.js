import { channelContenders } from '../contenders/contenders.js';
import { residentBytes } from '../lib/cpu.js';
import { ask, end, start, startValkey } from '../lib/processes.js';
import { spread } from './loads.js';

const subscribers = 10_000;
const preload = new URL('../lib/collect-on-signal.js', import.meta.url).href;
const nodeArguments = ['--expose-gc', '--import', preload];

/** The memory of one waiting subscriber: resident memory of the server after garbage collection. */
export async function benchIdle({ rounds, report, isSelected }) {
  const { port } = await startValkey();
  const clients = await start('live/subscribers.js');
  const table = report.table('Idle subscribers', { reference: 'cachegraph' });
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, begin] of Object.entries(channelContenders)) {
      if (!isSelected.contender(name)) continue;
      // A process of its own each time: memory once taken is not always given back.
      const server = await begin({ port, nodeArguments });
      await open(clients, server, 500);
      const before = await settledBytes(server.pid);
      await open(clients, server, subscribers);
      const after = await settledBytes(server.pid);
      await ask(clients, { type: 'close' });
      await end(server.pid);
      table.add(`${subscribers.toLocaleString('en')} on one channel`, name, {
        'KiB per subscriber': (after - before) / subscribers / 1024,
      });
    }
  }
  table.print();
}

function open(clients, { url, query }, count) {
  return ask(clients, { type: 'open', url, query, topics: spread(1, count) });
}

/** The least of several looks, each after a collection. */
async function settledBytes(pid) {
  let least = Infinity;
  for (let look = 0; look < 8; look += 1) {
    process.kill(pid, 'SIGUSR2');
    await new Promise((resolve) => setTimeout(resolve, 250));
    least = Math.min(least, await residentBytes(pid));
  }
  return least;
}
