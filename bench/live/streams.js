import { streamContenders } from '../contenders/contenders.js';
import { openPublisher } from '../lib/publisher.js';
import { start, startAll, startValkey } from '../lib/processes.js';
import { burst, paced, spread } from './loads.js';
import { playRounds } from './play.js';

const scenes = [
  { name: '1 stream × 1,000 tails', topics: spread(1, 1_000, 'stream'), loads: [burst(60), paced(100, 2)] },
  { name: '100 streams × 10 tails', topics: spread(100, 10, 'stream'), loads: [burst(60)] },
];

/** Entries of streams to many tails: cachegraph beside XREAD loops that hand them to bare sockets. */
export async function benchStreams({ isSelected, ...options }) {
  const valkey = await startValkey();
  const publisher = await openPublisher(valkey.port);
  const bench = {
    valkey,
    clients: await start('live/subscribers.js'),
    produce: (_server, stream, payload) => publisher.send('XADD', stream, '*', 'body', payload),
    left: () => undefined,
  };
  const contenders = await startAll(streamContenders, isSelected, { port: valkey.port });
  await playRounds(bench, scenes, contenders, { ...options, isSelected, title: 'Streams' });
  publisher.close();
}
