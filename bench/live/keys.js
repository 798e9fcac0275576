import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';
import { openPublisher } from '../lib/publisher.js';
import { start, startCachegraph, startValkey } from '../lib/processes.js';
import { burst, oneByOne, paced, spread } from './loads.js';
import { playRounds } from './play.js';

const topics = spread(1, 1_000);

/** The payload is the message, the name of a key or its value. The subscribers find it where a text begins. */
const contenders = {
  cachegraph: {
    query:
      'subscription ($topic: String!) { channelMessages(cluster: "bench", channels: [$topic]) { messages { payload } } }',
    produce: (send, topic, payload) => send('PUBLISH', topic, payload),
  },
  keyEvents: {
    query: 'subscription { keyEvents(cluster: "bench", match: "m*", events: ["set"]) { events { key } } }',
    produce: (send, _topic, payload) => send('SET', payload, ''),
  },
  keyChanges: {
    query:
      'subscription ($topic: String!) { keyChanges(cluster: "bench", name: $topic) { key { ... on StringKey { value } } } }',
    produce: (send, topic, payload) => send('SET', topic, payload),
  },
};

/** Events and changes of keys to 1,000 subscribers beside messages of a channel, all by cachegraph. */
export async function benchKeys({ isSelected, ...options }) {
  const valkey = await startValkey();
  const publisher = await openPublisher(valkey.port);
  const client = createClient({ url: `redis://127.0.0.1:${valkey.port}`, maintNotifications: 'disabled' });
  await client.connect();
  await client.configSet('notify-keyspace-events', 'KA');
  const bench = {
    valkey,
    clients: await start('live/subscribers.js'),
    produce: ({ produce }, topic, payload) => produce(publisher.send, topic, payload),
    async left(channels) {
      const isSubscribed = async () =>
        (await client.sendCommand(['PUBSUB', 'NUMPAT'])) > 0 ||
        Object.values(await client.pubSubNumSub(channels)).some((count) => count > 0);
      while (await isSubscribed()) await delay(50);
      await client.flushAll();
    },
  };
  const { url, pid } = await startCachegraph({ port: valkey.port });
  const started = Object.fromEntries(
    Object.entries(contenders)
      .filter(([name]) => isSelected.contender(name))
      .map(([name, contender]) => [name, { url: url.replace('http', 'ws'), pid, ...contender }]),
  );
  const { keyChanges, ...complete } = started;
  const all = { ...options, isSelected, title: 'Watched keys', peers: ['keyEvents', 'keyChanges'] };
  await playRounds(bench, [{ name: '1,000 subscribers', topics, loads: [oneByOne(50), paced(10, 5)] }], started, all);
  // Of changes that come faster than they are read, keyChanges delivers only the last one.
  const fast = { name: '1,000 subscribers, fast', topics, loads: [burst(60), paced(100, 2)] };
  await playRounds(bench, [fast], complete, { ...all, peers: ['keyEvents'] });
  publisher.close();
  await client.close();
}
