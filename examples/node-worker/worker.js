import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { mutate, socket } from './api.js';
import { acknowledgeEntries, createGroup, entries, extendEntries } from './operations.js';

/** Processes one entry. An entry may be delivered again after a crash or reconnect, so repeated processing must be harmless. */
async function work({ entryId, json }) {
  console.log(entryId, JSON.stringify(json));
}

const {
  CLUSTER = 'demo',
  STREAM = 'mystream',
  GROUP = 'workers',
  CONSUMER = `${hostname()}-${process.pid}`,
} = process.env;
const where = { cluster: CLUSTER, stream: STREAM, group: GROUP };

const atWork = new Map();
const done = new Set();

function take({ entry, deliveryCount }) {
  const { entryId } = entry;
  // After a reconnect, unacknowledged entries are delivered again, also those that this worker still processes.
  if (atWork.has(entryId) || done.has(entryId)) return;
  const worked = work(entry)
    .then(() => done.add(entryId))
    // Without acknowledgement it is delivered again after `claimIdleSeconds`, and finally moved to the dead-letter stream.
    .catch((error) => console.error(`${entryId}, delivery ${deliveryCount}:`, error))
    .finally(() => atWork.delete(entryId))
    .then(acknowledge);
  atWork.set(entryId, worked);
}

/** One request at a time; entries that finish meanwhile go with the next. */
let acknowledging;
function acknowledge() {
  acknowledging ??= acknowledgeDone().finally(() => (acknowledging = undefined));
  return acknowledging;
}

async function acknowledgeDone() {
  while (done.size > 0) {
    const entryIds = [...done].slice(0, 1000);
    try {
      await mutate(acknowledgeEntries, { ...where, entryIds });
      for (const entryId of entryIds) done.delete(entryId);
    } catch (error) {
      console.error('Not acknowledged yet:', error.message);
      await delay(1_000);
    }
  }
}

/** Extends entries more often than `claimIdleSeconds`, so that long work is not claimed. */
setInterval(() => {
  const entryIds = [...atWork.keys()];
  if (entryIds.length === 0) return;
  mutate(extendEntries, { ...where, consumer: CONSUMER, entryIds }).catch(({ message }) => console.error(message));
}, 20_000).unref();

await mutate(createGroup, { ...where, startAt: '0', ifNotExists: true });

let deliveries;
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    stopping = true;
    void deliveries.return();
  });
}
while (!stopping) {
  try {
    const variables = { ...where, consumer: CONSUMER, deadLetterStream: `${STREAM}:dead` };
    deliveries = socket.iterate({ query: entries, variables });
    for await (const { data, errors } of deliveries) {
      if (errors) throw new Error(errors[0].message);
      data.groupEntries.entries.forEach(take);
    }
  } catch (error) {
    console.error('Asked for entries again:', error.message ?? error);
    await delay(1_000);
  }
}
await Promise.all(atWork.values());
await acknowledge();
await socket.dispose();
