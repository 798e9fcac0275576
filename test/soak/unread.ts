import { setTimeout as delay } from 'node:timers/promises';
import { post } from '../helpers/clients/graphql-client.js';
import { noAnswer } from '../helpers/clients/load.js';
import { openRawWebSocket } from '../helpers/clients/raw-websocket.js';

const query = `subscription { channelMessages(cluster: "orders", channels: ["flood"]) { messages { payload } } }`;
const publish = `mutation ($payload: String!) {
  publish(input: { cluster: "orders", channel: "flood", payload: $payload }) { receivers }
}`;

/** Opens sockets that subscribe and never read, while 64 KiB messages are published for `ms`. */
export async function openUnread(url: string, count: number, ms: number): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: count }, () => openRawWebSocket(Number(new URL(url).port))));
  for (const socket of sockets) {
    socket.subscribe('1', query);
    socket.stopReading();
  }
  const payload = 'x'.repeat(64 * 1024);
  const until = performance.now() + ms;
  while (performance.now() < until) {
    await post(url, publish, { payload }).catch(noAnswer);
    await delay(5);
  }
  for (const socket of sockets) await socket[Symbol.asyncDispose]();
}
