import { createHash, randomBytes } from 'node:crypto';
import { createClient } from 'redis';
import { busiest, cpuSeconds } from '../lib/cpu.js';
import { ask, end, start, startAll, startCachegraph, startDev, startValkey } from '../lib/processes.js';
import { checkAnswer, scenes, writeKeys } from './scenes.js';

/**
 * Keys by HTTP, as users get it: `npm start` as it is, and `serve` with authentication, roles and its line in the log for
 * each operation; beside a plain node:http handler that sends the same commands, and beside peers. Each round starts all of
 * them again, since a process may be slower than others of its kind for its whole life.
 */
export async function benchHttp({ rounds, report, isSelected, seconds = 3 }) {
  const valkey = await startValkey();
  await write(valkey.port);
  const load = await start('http/load.js');
  const table = report.table('HTTP', { reference: 'cachegraph', peers: [] });
  for (let round = 0; round < rounds; round += 1) {
    const contenders = await startContenders(valkey.port, isSelected);
    for (const [scene, what] of Object.entries(scenes)) {
      if (!isSelected.scene(scene)) continue;
      for (const [name, contender] of Object.entries(contenders)) {
        const { keysIn, ...request } = requestOf(what, name, contender);
        await checkAnswer({ ...request, keysIn }, scene === 'one key' ? 1 : 100);
        await ask(load, { ...request, seconds: 2 });
        const processes = { server: contender.pid, load: load.child.pid };
        const before = await cpuSeconds(processes);
        const perSecond = await ask(load, { ...request, seconds });
        const after = await cpuSeconds(processes);
        table.add(`${scene}, 64 connections`, name, {
          'requests/s': perSecond,
          'CPU µs per request': ((after.server - before.server) * 1e6) / (perSecond * seconds),
          busiest: busiest(before, after, seconds),
        });
      }
    }
    for (const { pid } of Object.values(contenders)) await end(pid);
  }
  table.print();
}

/** All read the same Valkey, but for `npm start`, which has its own. */
async function startContenders(port, isSelected) {
  const begin = {
    'plain node:http': async () => (await start('http/plain-server.js', {}, port)).ready,
    cachegraph: async () => {
      const dev = await startDev('bench');
      await write(dev.valkey.port);
      return dev;
    },
    'cachegraph serve, with roles and log': () => startGuarded(port),
    'mercurius with JIT, DataLoader': async () => (await start('http/mercurius-server.js', {}, port)).ready,
    'yoga, a resolver per field': async () => (await start('http/yoga-server.js', {}, port)).ready,
  };
  return await startAll(begin, isSelected);
}

async function write(port) {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, maintNotifications: 'disabled' });
  await client.connect();
  await writeKeys(client);
  await client.close();
}

/** The request to a contender. */
function requestOf({ cachegraph, peer, plain, keysIn }, name, { url, authorization }) {
  const isOurs = name.startsWith('cachegraph');
  return {
    url: name.startsWith('plain') ? url + plain : url,
    headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
    body: JSON.stringify(isOurs || name.startsWith('plain') ? cachegraph : peer),
    keysIn,
  };
}

/** With an API key whose role may read some keys of some clusters, and the log level that `serve` has by default. */
async function startGuarded(port) {
  const key = `cg_${randomBytes(32).toString('base64url')}`;
  const grants = [
    { operations: ['clusters:read'], clusters: ['other-*'] },
    { operations: ['keys:read'], clusters: ['bench*'], keys: ['session:*', 'key:*'] },
  ];
  const sha256 = createHash('sha256').update(key).digest('hex');
  const access = { roles: { reader: { grants } }, apiKeys: [{ name: 'bench', sha256, roles: ['reader'] }] };
  return { ...(await startCachegraph({ port, access, logLevel: undefined })), authorization: `Bearer ${key}` };
}
