import { createHash, randomBytes } from 'node:crypto';
import { createClient } from 'redis';
import { busiest, cpuSeconds } from '../lib/cpu.js';
import { ask, start, startCachegraph, startDev } from '../lib/processes.js';
import { checkAnswer, scenes, writeKeys } from './scenes.js';

/**
 * Keys by HTTP, as users get it: `npm start` as it is, and `serve` with authentication, roles and its line in the log for
 * each operation; beside a plain node:http handler that sends the same commands, and beside peers. All read the same Valkey.
 */
export async function benchHttp({ rounds, report, isWanted, seconds = 3 }) {
  const dev = await startDev('bench');
  const { port } = dev.valkey;
  const client = createClient({ url: `redis://127.0.0.1:${port}`, maintNotifications: 'disabled' });
  await client.connect();
  await writeKeys(client);
  await client.close();

  const contenders = {
    'plain node:http': (await start('http/plain-server.js', {}, port)).ready,
    cachegraph: dev,
    'cachegraph serve, with roles and log': await startGuarded(port),
    'mercurius with JIT, DataLoader': (await start('http/mercurius-server.js', {}, port)).ready,
    'yoga with defaults': (await start('http/yoga-server.js', {}, port)).ready,
  };
  const load = await start('http/load.js');
  const table = report.table('HTTP', { reference: 'cachegraph', peers: [] });
  for (const [scene, what] of Object.entries(scenes)) {
    if (!isWanted.scene(scene)) continue;
    const requests = Object.entries(contenders).map(([name, contender]) => [name, requestOf(what, name, contender)]);
    for (const [, request] of requests) {
      await checkAnswer(request, scene === 'one key' ? 1 : 100);
      await ask(load, { ...request, keysIn: undefined, seconds: 1 });
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, request] of requests) {
        const processes = { server: contenders[name].pid, load: load.child.pid };
        const before = await cpuSeconds(processes);
        const perSecond = await ask(load, { ...request, keysIn: undefined, seconds });
        const after = await cpuSeconds(processes);
        table.add(`${scene}, 64 connections`, name, {
          'requests/s': perSecond,
          'CPU µs per request': ((after.server - before.server) * 1e6) / (perSecond * seconds),
          busiest: busiest(before, after, seconds),
        });
      }
    }
  }
  table.print();
}

/** What is sent to a contender. */
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
