import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startCachegraph } from '../../helpers/apis/cachegraph.js';
import { eventually } from '../../helpers/run/eventually.js';
import { data } from '../../helpers/clients/graphql-client.js';

const worker = fileURLToPath(new URL('../../../examples/node-worker/worker.js', import.meta.url));

/** The example's worker as a process of its own, and the IDs of the entries that it has worked off. */
function startWorker(url: string) {
  const child = spawn(process.execPath, [worker], {
    env: { ...process.env, CACHEGRAPH_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const worked: string[] = [];
  createInterface(child.stdout).on('line', (line) => worked.push(line.split(' ')[0]!));
  const exited = once(child, 'close');
  return {
    worked,
    async stop(signal: NodeJS.Signals) {
      child.kill(signal);
      return (await exited)[0] as number | null;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

test("the example's workers work off every entry of a group, also those of one that was killed", async () => {
  await using cachegraph = await startCachegraph();
  const { url } = cachegraph;
  const added: string[] = [];
  const add = async (count: number) => {
    const one = `addStreamEntry(input: { cluster: "demo", stream: "mystream", fields: [{ name: "a", value: "b" }] }) { entryId }`;
    for (let at = 0; at < count; at++) added.push((await data(url, `mutation { ${one} }`)).addStreamEntry.entryId);
  };
  const workedOff = async () => {
    const backlog = '{ cluster(name: "demo") { stream(name: "mystream") { groups { name lag pending } } } }';
    expect((await data(url, backlog)).cluster.stream.groups).toEqual([{ name: 'workers', lag: 0, pending: 0 }]);
  };
  await data(url, 'mutation { createCluster(input: { name: "demo" }) { userErrors { message } } }');
  await eventually(() => add(1));

  await using first = startWorker(url);
  await add(20);
  await eventually(workedOff);
  const killed = first.stop('SIGKILL');
  await add(20);
  await killed;
  await using second = startWorker(url);
  await using third = startWorker(url);
  await add(20);
  await eventually(workedOff);
  expect(await second.stop('SIGINT')).toBe(0);
  expect(await third.stop('SIGTERM')).toBe(0);
  expect([...new Set([...first.worked, ...second.worked, ...third.worked])].sort()).toEqual(added.sort());
});
