import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Publishes without waiting for replies, as bytes on one socket: the publisher is part of the load, and must not be what is
 * saturated first.
 */
export async function openPublisher(port) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setNoDelay(true);
  socket.resume();
  let corked = false;
  const send = (...args) => {
    if (!corked) {
      corked = true;
      socket.cork();
      setImmediate(() => {
        corked = false;
        socket.uncork();
      });
    }
    socket.write(`*${args.length}\r\n`);
    for (const arg of args.map((each) => Buffer.from(each))) {
      socket.write(`$${arg.length}\r\n`);
      socket.write(arg);
      socket.write('\r\n');
    }
  };
  return {
    send,
    publish: (channel, message) => send('PUBLISH', channel, message),
    close: () => socket.destroy(),
  };
}
