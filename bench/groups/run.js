import { createClient } from 'redis';
import { busiest, cpuSeconds } from '../lib/cpu.js';
import { ask, end, start, startCachegraph, startValkey } from '../lib/processes.js';

const consumers = 10;
const entries = 50_000;
const stream = 'jobs';
const group = 'workers';
const filler = 'x'.repeat(100);

/** A group's whole backlog, worked off and acknowledged: through cachegraph and by a bare node-redis loop. */
export async function benchGroups({ rounds, report, isSelected }) {
  const { port, pid } = await startValkey();
  const client = createClient({ url: `redis://127.0.0.1:${port}`, maintNotifications: 'disabled' });
  await client.connect();
  const contenders = {
    cachegraph: { server: await startCachegraph({ port }), script: 'groups/graphql-consumers.js' },
    'node-redis loop': { script: 'groups/bare-consumers.js' },
  };
  const table = report.table(`Groups: ${consumers} consumers`, { reference: 'cachegraph' });
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, { server, script }] of Object.entries(contenders)) {
      if (!isSelected.contender(name)) continue;
      await fill(client);
      const working = await start(script, {}, server?.url ?? port, consumers, entries);
      const processes = { consumers: working.child.pid, Valkey: pid, ...(server && { server: server.pid }) };
      const before = await cpuSeconds(processes);
      const startedAt = Date.now();
      await ask(working, 'begin');
      const seconds = (Date.now() - startedAt) / 1000;
      const used = await cpuSeconds(processes);
      await expectAllAcknowledged(client);
      await end(working.child.pid);
      table.add(`${entries.toLocaleString('en')} entries, acknowledged in batches`, name, {
        'entries/s': entries / seconds,
        busiest: busiest(before, used, seconds),
      });
    }
  }
  table.print();
  await client.close();
}

async function fill(client) {
  await client.del(stream);
  await client.xGroupCreate(stream, group, '0', { MKSTREAM: true });
  const adding = Array.from({ length: entries }, (_, at) => client.xAdd(stream, '*', { n: String(at), body: filler }));
  await Promise.all(adding);
}

/** A figure for work that was not done measures nothing. */
async function expectAllAcknowledged(client) {
  const [info] = await client.xInfoGroups(stream);
  if (info.pending > 0 || info.lag > 0) throw new Error(`${info.pending} pending, ${info.lag} not delivered`);
}
