/**
 * As much of graphql-transport-ws as the load needs: acknowledges, and takes the channel or stream from the operation's
 * variables. `listen` makes its listener of the set of its subscribers.
 */
export function acceptSubscribers(sockets, source, listen) {
  const subscribersOf = new Map();
  sockets.on('connection', (socket) => {
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => {
      const message = JSON.parse(data);
      if (message.type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (message.type !== 'subscribe') return;
      const { topic } = message.payload.variables;
      if (!subscribersOf.has(topic)) {
        subscribersOf.set(topic, new Set());
        void source.subscribe(topic, listen(subscribersOf.get(topic)));
      }
      const subscribers = subscribersOf.get(topic);
      subscribers.add(socket);
      socket.on('close', () => {
        subscribers.delete(socket);
        if (subscribers.size > 0 || subscribersOf.get(topic) !== subscribers) return;
        subscribersOf.delete(topic);
        void source.unsubscribe(topic);
      });
    });
  });
}

/** A message as the text that cachegraph would send for it alone. */
export function messageFrame(payload) {
  const result = { data: { channelMessages: { messages: [{ payload }] } } };
  return JSON.stringify({ id: '1', type: 'next', payload: result });
}
