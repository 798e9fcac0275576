import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startApiProcess } from '../helpers/apis/api-process.js';
import { eventually } from '../helpers/run/eventually.js';
import { startValkey } from '../helpers/valkey/valkey.js';
import { openTail } from './tail.js';
import { openWorker } from './worker.js';

/**
 * Disconnects random subscribers of one stream, ten times a second, while 1,000 entries a second are added. Tails must
 * lose and repeat nothing; a group must lose nothing and repeat less than 1 %. Every fiftieth cut hits the API's own
 * connections to Valkey. Otherwise the exit code is 1.
 */
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '100' }, rate: { type: 'string', default: '1000' } },
});
const seconds = Number(values.seconds);
if (!(seconds > 0 && Number(values.rate) > 0)) throw new Error('Expected --seconds and --rate to be above 0.');
const cuts = Math.round(seconds * 10);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const failures: unknown[] = [];
const failed = (reason: unknown): void => void failures.push(reason);
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)]!;

// A separate user for the writer, because the API's connections are killed by their user.
await using valkey = await startValkey({ users: { writer: 'on >writing ~* &* +@all' } });
await valkey.command('XGROUP', 'CREATE', 'log', 'workers', '0', 'MKSTREAM');
await using one = await startApiProcess(valkey);
await using two = await startApiProcess(valkey);
const urls = [one.url, two.url];
const reaching = (at: number) => ({ url: () => urls[at % 2]!, failed });
const tails = Array.from({ length: 5 }, (_, at) => openTail(reaching(at)));
const workers = Array.from({ length: 10 }, (_, at) => openWorker(reaching(at), `worker-${at}`, 256));

const writer = fork(
  fileURLToPath(new URL('writer-process.ts', import.meta.url)),
  [`redis://writer:writing@${valkey.host}:${valkey.port}`, values.rate],
  {
    execArgv: ['--import', 'tsx'],
  },
);
say(`${cuts} cuts in ${seconds} s, ${values.rate} entries/s, ${tails.length} tails, ${workers.length} consumers`);
const began = performance.now();
for (let cut = 1; cut <= cuts; cut += 1) {
  await delay(Math.max(0, began + (cut * seconds * 1000) / cuts - performance.now()));
  if (cut % 50 === 0) await valkey.command('CLIENT', 'KILL', 'USER', 'default');
  else pick<{ cut(politely: boolean): void }>([...tails, ...workers]).cut(Math.random() < 0.5);
}
writer.send('stop');
const [added] = (await once(writer, 'message')) as [string[]];

const missing = (ids: { has(id: string): boolean }): number => added.filter((id) => !ids.has(id)).length;
const seen = new Map<string, number>();
const count = (): void => {
  seen.clear();
  for (const worker of workers) for (const [id, times] of worker.seen) seen.set(id, (seen.get(id) ?? 0) + times);
};
const pendingNow = async (): Promise<string> => {
  const [pending] = (await valkey.command('XPENDING', 'log', 'workers')) as unknown as [unknown];
  return String(pending);
};
await eventually(async () => {
  count();
  await Promise.all(workers.map((worker) => worker.settled()));
  const late = [...tails.map(({ ids }) => added.length - new Set(ids).size), missing(seen), Number(await pendingNow())];
  if (late.some((entries) => entries > 0)) throw new Error(`Entries still missing: ${late.join(', ')}`);
}, 15_000).catch((error: unknown) => say(String(error)));
count();

const lostOnTails = tails.reduce((sum, { ids }) => sum + missing(new Set(ids)), 0);
const repeatedOnTails = tails.reduce((sum, { ids }) => sum + ids.length - new Set(ids).size, 0);
const inOrder = tails.every(({ ids }) => ids.every((id, at) => id === added[at]));
const lostOnGroup = missing(seen);
const repeatedOnGroup = [...seen.values()].reduce((sum, times) => sum + times - 1, 0);
const share = (100 * repeatedOnGroup) / added.length;
const pending = await pendingNow();
for (const socket of [...tails, ...workers]) socket.close();

say(`added            ${added.length}`);
say(`tails            ${lostOnTails} lost, ${repeatedOnTails} repeated, ${inOrder ? 'in order' : 'NOT in order'}`);
say(`group            ${lostOnGroup} lost, ${repeatedOnGroup} repeated (${share.toFixed(2)} %), ${pending} pending`);
say(`failures         ${failures.length}${failures.length > 0 ? `, e.g. ${JSON.stringify(failures[0])}` : ''}`);
const isMet =
  [lostOnTails, repeatedOnTails, lostOnGroup, failures.length, Number(pending)].every((n) => n === 0) &&
  inOrder &&
  share < 1;
say(isMet ? 'met' : 'NOT met');
process.exitCode = isMet ? 0 : 1;
