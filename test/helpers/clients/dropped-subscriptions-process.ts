import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** A client process that opens subscriptions on many sockets, and is killed or leaves each of them on request. */
const [url = '', sockets = '0', each = '0'] = process.argv.slice(2);
const query = `subscription ($channel: String!) {
  channelMessages(cluster: "orders", channels: [$channel]) { messages { payload } }
}`;

const leaves: (() => void)[] = [];
for (let at = 0; at < Number(sockets); at += 1) {
  const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  for (let n = 0; n < Number(each); n += 1) {
    const sink = { next: () => undefined, error: () => undefined, complete: () => undefined };
    leaves.push(client.subscribe({ query, variables: { channel: `${process.pid}-${at}-${n}` } }, sink));
  }
}
process.on('message', () => {
  for (const leave of leaves) leave();
});
