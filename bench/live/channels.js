import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';
import { channelContenders, peers } from '../contenders/contenders.js';
import { openPublisher } from '../lib/publisher.js';
import { start, startAll, startValkey } from '../lib/processes.js';
import { burst, paced, spread } from './loads.js';
import { playRounds } from './play.js';

/** The topics of the subscribers, and the messages that are published. */
const scenes = [
  {
    name: '1 channel × 1,000',
    topics: spread(1, 1_000),
    loads: [burst(60), paced(10, 5), paced(100, 2), paced(300, 1)],
  },
  { name: '1 channel × 1,000, 10 of them stalled', topics: spread(1, 1_000), stalled: 10, loads: [burst(60)] },
  { name: '1 channel × 5,000', topics: spread(1, 5_000), loads: [burst(20)] },
  { name: '50 channels × 20', topics: spread(50, 20), loads: [burst(60), paced(10, 2)] },
  { name: '1,000 channels × 1', topics: spread(1_000, 1), loads: [burst(60)] },
  {
    name: 'mix: 1 × 400, 20 × 20, 200 × 1',
    topics: [...spread(1, 400, 'hot'), ...spread(20, 20, 'warm'), ...spread(200, 1, 'cool')],
    loads: [burst(30), paced(10, 2)],
  },
];

/** Channel messages to many subscribers: cachegraph beside its peers and beside bare sockets. */
export async function benchChannels({ isSelected, ...options }) {
  const valkey = await startValkey();
  const publisher = await openPublisher(valkey.port);
  const client = createClient({ url: `redis://127.0.0.1:${valkey.port}`, maintNotifications: 'disabled' });
  await client.connect();
  const bench = {
    valkey,
    clients: await start('live/subscribers.js'),
    produce: ({ encode }, channel, payload) => publisher.send('PUBLISH', channel, encode(channel, payload)),
    async left(channels) {
      while (Object.values(await client.pubSubNumSub(channels)).some((count) => count > 0)) await delay(50);
    },
  };
  const contenders = await startAll(channelContenders, isSelected, { port: valkey.port });
  await playRounds(bench, scenes, contenders, { ...options, isSelected, title: 'Channels', peers });
  publisher.close();
  await client.close();
}
