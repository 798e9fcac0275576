import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { eventually } from '../helpers/run/eventually.js';
import { post } from '../helpers/clients/graphql-client.js';
import { noAnswer } from '../helpers/clients/load.js';
import { openConsumers } from './readers.js';
import { pick } from './faults.js';
import { startScenario } from './scenario.js';
import { createReport, listed } from './report.js';

/**
 * Sends 10,000 entries through a group and tails, with twenty kills in between: of an API process, of a socket, of the
 * API's own connections, of the server. Nothing may be lost, less than 1 % may be repeated to the group, nothing may
 * stay pending.
 */
const { values } = parseArgs({
  options: { entries: { type: 'string', default: '10000' }, kills: { type: 'string', default: '20' } },
});
const [entries, kills] = [Number(values.entries), Number(values.kills)];
if (!(entries > 0 && kills > 0)) throw new Error('Expected --entries and --kills to be above 0.');

const { say, check, finish } = createReport();
const failures: unknown[] = [];
const failed = (reason: unknown): void => void failures.push(reason);
await using scenario = await startScenario(failed);
const { orders, apis, networks } = scenario;
const consumers = await openConsumers(scenario, { tails: 4, workers: 8, maxInFlight: 8 }, failed);

const query = `mutation { addStreamEntry(input: {
  cluster: "orders", stream: "log", fields: [{ name: "n", value: "1" }]
}) { entryId } }`;
const added: string[] = [];
const write = async (): Promise<void> => {
  while (added.length < entries) {
    const { data: answer } = await post(consumers.reaching.url(), query).catch(noAnswer);
    const { entryId } = (answer?.['addStreamEntry'] ?? {}) as { entryId?: string };
    if (entryId !== undefined) added.push(entryId);
    await delay(5);
  }
};
const ways: readonly (() => unknown)[] = [
  () => apis[1].restart('SIGKILL'),
  () => {
    pick(consumers.sockets).cut(false);
  },
  () => orders.command('CLIENT', 'KILL', 'TYPE', 'normal'),
  () => {
    pick(networks).cut();
  },
  () => scenario.crash(100),
];
const began = performance.now();
const writing = Promise.all(Array.from({ length: 6 }, write));
for (let kill = 0; kill < kills; kill += 1) {
  await eventually(() => {
    if (added.length < (entries * (kill + 0.5)) / kills) throw new Error('Not yet.');
  }, 120_000);
  await ways[kill % ways.length]!();
}
await writing;
const seconds = (performance.now() - began) / 1000;

const { lost, repeated, pending, lag, lostOnTails, repeatedOnTails } = await consumers.account(added);
for (const socket of consumers.sockets) socket.close();
const share = (100 * repeated) / added.length;
say(`${added.length} entries in ${seconds.toFixed(0)} s, ${kills} kills`);
check('group', `${lost} lost, ${repeated} repeated (${share.toFixed(2)} %)`, lost === 0 && share < 1);
check('left', `${pending} pending, lag ${lag}`, pending === 0 && lag === 0);
check('tails', `${lostOnTails} lost, ${repeatedOnTails} repeated`, lostOnTails === 0 && repeatedOnTails === 0);
check('failures', listed(failures), failures.length === 0);
finish();
