import { createHash, randomBytes } from 'node:crypto';
import { createClient } from 'redis';
import { busiest, cpuSeconds } from '../lib/cpu.js';
import { ask, start, startCachegraph, startValkey } from '../lib/processes.js';

/**
 * One key's value and TTL by HTTP: cachegraph, open to anybody and with callers that authenticate and have a role, beside a
 * plain node:http handler that sends the same two commands.
 */
export async function benchHttp({ rounds, report, isWanted, seconds = 3 }) {
  const valkey = await startValkey();
  const { port } = valkey;
  const client = createClient({ url: `redis://127.0.0.1:${port}`, maintNotifications: 'disabled' });
  await client.connect();
  await client.set('key', 'x'.repeat(100), { expiration: { type: 'EX', value: 86_400 } });
  await client.close();

  const contenders = {
    'plain node:http': (await start('http/plain-server.js', {}, port)).ready,
    cachegraph: await startCachegraph({ port }),
    'cachegraph, who asks and may they': await startGuarded(port),
  };
  await checkAnswers(Object.values(contenders));
  const load = await start('http/load.js');
  for (const { url, authorization } of Object.values(contenders)) await ask(load, { url, authorization, seconds: 1 });
  const table = report.table('HTTP: key { value ttlSeconds }', { reference: 'cachegraph' });
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, { url, pid, authorization }] of Object.entries(contenders)) {
      const processes = { server: pid, load: load.child.pid, Valkey: valkey.pid };
      const before = await cpuSeconds(processes);
      const perSecond = await ask(load, { url, authorization, seconds });
      const after = await cpuSeconds(processes);
      table.add('64 connections', name, {
        'requests/s': perSecond,
        'CPU µs per request': ((after.server - before.server) * 1e6) / (perSecond * seconds),
        busiest: busiest(before, after, seconds),
      });
    }
  }
  table.print();
}

/** With an API key whose role may read some keys of some clusters. */
async function startGuarded(port) {
  const key = `cg_${randomBytes(32).toString('base64url')}`;
  const grants = [
    { operations: ['clusters:read'], clusters: ['other-*'] },
    { operations: ['keys:read'], clusters: ['bench*'], keys: ['session:*', 'ke?'] },
  ];
  const sha256 = createHash('sha256').update(key).digest('hex');
  const access = { roles: { reader: { grants } }, apiKeys: [{ name: 'bench', sha256, roles: ['reader'] }] };
  return { ...(await startCachegraph({ port, access })), authorization: `Bearer ${key}` };
}

/** A benchmark of wrong answers measures nothing. */
async function checkAnswers(contenders) {
  const query = '{ cluster(name: "bench") { key(name: "key") { ... on StringKey { value ttlSeconds } } } }';
  for (const { url, authorization } of contenders) {
    const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const { data, errors } = await response.json();
    if (errors || data.cluster.key.value.length !== 100) throw new Error(`${url}: ${JSON.stringify(errors ?? data)}`);
  }
}
