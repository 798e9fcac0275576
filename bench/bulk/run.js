import { createClient } from 'redis';
import { busiest, cpuSeconds, residentBytes } from '../lib/cpu.js';
import { ask, start, startCachegraph, startValkey } from '../lib/processes.js';

const jobKeys = 1_000_000;
const exportedKeys = 100_000;
const listedKeys = 1_000_000;
/** The COUNT of cachegraph's own scans. */
const count = 500;
const mebibyte = 1_048_576;

/** Work on many keys: a delete job, an export and a listing, beside node-redis loops that do the same. */
export async function benchBulk({ rounds, report, isSelected }) {
  const { port, pid } = await startValkey();
  const client = await createClient({ url: `redis://127.0.0.1:${port}`, maintNotifications: 'disabled' }).connect();
  const server = await startCachegraph({ port });
  const bare = await start('bulk/bare.js', {}, port, count);
  const table = report.table('Bulk work', { reference: 'cachegraph' });
  const measure = async (load, name, keys, work) => {
    if (!isSelected.contender(name)) return;
    const processes = { Valkey: pid, server: name === 'cachegraph' ? server.pid : bare.child.pid };
    const [before, memory, startedAt] = [
      await cpuSeconds(processes),
      await residentBytes(processes.server),
      performance.now(),
    ];
    const done = await work();
    const seconds = (performance.now() - startedAt) / 1000;
    if (done !== keys) throw new Error(`${name}, ${load}: expected ${keys} keys, got ${done}`);
    table.add(`${load}, ${keys.toLocaleString('en')} keys`, name, {
      'keys/s': keys / seconds,
      'server CPU µs/key': (((await cpuSeconds(processes)).server - before.server) * 1e6) / keys,
      'MiB more': ((await residentBytes(processes.server)) - memory) / mebibyte,
      busiest: busiest(before, await cpuSeconds(processes), seconds),
    });
  };
  const scenes = {
    async 'delete job'(load, turns) {
      for (const [name, work] of turns({
        cachegraph: () => deleteJob(server.url),
        'node-redis loop': () => ask(bare, 'delete'),
      })) {
        await fill(client, jobKeys);
        await measure(load, name, jobKeys, work);
      }
    },
    async export(load, turns) {
      await fill(client, exportedKeys);
      const contenders = {
        cachegraph: async () => linesOf(await createExport(server.url)),
        'node-redis pipeline': () => linesOf(`http://127.0.0.1:${bare.ready}/`),
      };
      for (const [name, work] of turns(contenders)) await measure(load, name, exportedKeys, work);
    },
    async listing(load, turns) {
      if (Number(await client.dbSize()) !== listedKeys) await fill(client, listedKeys);
      const contenders = {
        cachegraph: () => listPages((after) => readPage(server.url, after)),
        // The same pages for the same client, which the loops in the process do without.
        'node-redis pages over HTTP': () => listPages((after) => barePage(bare.ready, after)),
        'node-redis loop': () => ask(bare, 'list'),
        'node-redis loop with TYPE': () => ask(bare, 'listTypes'),
      };
      for (const [name, work] of turns(contenders)) await measure(load, name, listedKeys, work);
    },
  };
  for (const [load, scene] of Object.entries(scenes)) {
    if (!isSelected.scene(load)) continue;
    for (let round = 0; round < rounds; round += 1) {
      const turns = (contenders) => {
        const all = Object.entries(contenders);
        return [...all.slice(round % all.length), ...all.slice(0, round % all.length)];
      };
      await scene(load, turns);
    }
  }
  table.print();
  await client.close();
}

/** Strings, and one hash in ten keys. */
async function fill(client, keys) {
  await client.flushAll('ASYNC');
  const script = `for at = tonumber(ARGV[1]), tonumber(ARGV[2]) do
    if at % 10 == 0 then redis.call('HSET', 'k:' .. at, 'name', 'a', 'total', at) else redis.call('SET', 'k:' .. at, 'value-' .. at) end
  end`;
  const step = 10_000;
  for (let from = 1; from <= keys; from += step) {
    await client.eval(script, { arguments: [String(from), String(Math.min(from + step - 1, keys))] });
  }
}

async function run(url, query, variables) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function deleteJob(url) {
  const input = '{ cluster: "bench", match: "k:*", action: DELETE, dryRun: false }';
  const { startKeyJob } = await run(
    url,
    `mutation { startKeyJob(input: ${input}) { job { id } userErrors { message } } }`,
  );
  const query = `subscription { jobProgress(id: "${startKeyJob.job.id}") { status changed } }`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
  });
  const states = [...(await response.text()).matchAll(/"status":"(\w+)","changed":(\d+)/g)];
  const [, status, changed] = states.at(-1);
  if (status !== 'SUCCEEDED') throw new Error(`the job is ${status}`);
  return Number(changed);
}

async function createExport(url) {
  const input = '{ cluster: "bench", match: "k:*" }';
  return (await run(url, `mutation { createExport(input: ${input}) { url } }`)).createExport.url;
}

async function linesOf(url) {
  let lines = 0;
  for await (const chunk of (await fetch(url)).body) for (const byte of chunk) if (byte === 10) lines += 1;
  return lines;
}

async function listPages(read) {
  let listed = 0;
  for (let after = null; ;) {
    const { nodes, pageInfo } = await read(after);
    listed += nodes.length;
    if (!pageInfo.hasNextPage) return listed;
    after = pageInfo.endCursor;
  }
}

async function readPage(url, after) {
  const query =
    'query ($after: String) { cluster(name: "bench") { keys(first: 1000, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } } }';
  return (await run(url, query, { after })).cluster.keys;
}

async function barePage(port, after) {
  return await (await fetch(`http://127.0.0.1:${port}/pages?after=${after ?? '0'}`)).json();
}
