import { once } from 'node:events';
import { connect } from 'node:net';
import { administrator, type TestValkey } from './valkey.js';

/** The commands that a server executes, in order, as MONITOR reports them; without administrative ones, which Valkey omits. */
export interface Monitor extends AsyncDisposable {
  /** e.g. `"SET" "k" "v"`, of all clients. */
  readonly commands: readonly string[];
}

export async function monitor({ host, port }: TestValkey): Promise<Monitor> {
  const socket = connect(port, host);
  const commands: string[] = [];
  let rest = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    const lines = (rest + text).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, command] = /^\+\S+ \[\d+ \S+\] (.*)$/.exec(line) ?? [];
      if (command !== undefined) commands.push(command);
    }
  });
  socket.write(`AUTH ${administrator.username} ${administrator.password}\r\nMONITOR\r\n`);
  await once(socket, 'data');
  return {
    commands,
    [Symbol.asyncDispose]() {
      socket.destroy();
      return Promise.resolve();
    },
  };
}
