import { end, start, startCachegraph, startDev, startValkey } from '../lib/processes.js';

/** How long after it was spawned a process has answered its first request: a query, or what the plain handler answers. */
export async function benchStart({ rounds, report, isSelected }) {
  const { port } = await startValkey();
  const table = report.table('Start', { reference: 'cachegraph', peers: [] });
  const contenders = {
    'plain node:http': async () => ask((await start('http/plain-server.js', {}, port)).ready, '/one', {}),
    cachegraph: async () => ask(await startCachegraph({ port }), '', { query: '{ clusters { nodes { name } } }' }),
    'cachegraph dev': async () => ask(await startDev(), '', { query: '{ clusters { nodes { name } } }' }),
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, begin] of Object.entries(contenders)) {
      if (!isSelected.contender(name)) continue;
      const spawnedAt = performance.now();
      const pid = await begin();
      table.add('from spawn to first answer', name, { ms: performance.now() - spawnedAt });
      await end(pid);
    }
  }
  table.print();
}

async function ask({ url, pid }, path, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!answer.data || answer.errors) throw new Error(`${url}: ${JSON.stringify(answer)}`);
  return pid;
}
