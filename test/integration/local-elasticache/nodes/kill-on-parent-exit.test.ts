import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { byPipe } from '../../../../src/local-elasticache/nodes/process/kill-on-parent-exit.js';
import { startProcess } from '../../../helpers/run/built-programs.js';

const sleeper = () => spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);

describe('killing nodes with the parent without the kernel', () => {
  it('kills them when the watching process is killed', async () => {
    const node = sleeper();
    const watcher = startProcess('elasticache/watching-process', [String(node.pid)]);
    await once(watcher, 'message');
    const ended = once(node, 'exit');
    watcher.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  it('leaves them alone once it is cancelled', async () => {
    const node = sleeper();
    const callOff = byPipe.watch(node.pid!);
    callOff();
    const ended = once(node, 'exit');
    node.kill('SIGTERM');
    expect(await ended).toEqual([null, 'SIGTERM']);
  });
});
