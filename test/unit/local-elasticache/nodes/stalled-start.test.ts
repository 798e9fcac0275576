import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNode } from '../../../../src/local-elasticache/nodes/node.js';
import { freePorts } from '../../../../src/local-elasticache/nodes/process/ports.js';
import { canary } from '../../../helpers/run/canary.js';

const host = '127.0.0.1';
const administrator = { username: 'administrator', password: canary('node') };

/** Longer than a busy machine takes to start the server. */
const stallLimitMs = 3_000;

/**
 * A server that loads data. It has loaded `step` bytes more each time that it is asked. It has loaded all after more than the limit, unless
 * `step` is 0.
 */
const server = (port: number, step: number): string => `#!${process.execPath}
let asked = 0;
let firstAskedAt = Infinity;
const hasLoaded = () => ${step} > 0 && performance.now() - firstAskedAt > ${1.5 * stallLimitMs};
const answers = {
  PING: () => (hasLoaded() ? '+PONG\\r\\n' : '-LOADING Valkey is loading the dataset in memory\\r\\n'),
  INFO: () => {
    firstAskedAt = Math.min(firstAskedAt, performance.now());
    const text = 'loading:1\\r\\nloading_loaded_bytes:' + (100 + ${step} * asked++) + '\\r\\n';
    return '$' + text.length + '\\r\\n' + text + '\\r\\n';
  },
};
require('node:net')
  .createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      for (const [, name] of data.toString().matchAll(/\\*\\d+\\r\\n\\$\\d+\\r\\n(\\w+)/g)) {
        socket.write(answers[name.toUpperCase()]?.() ?? '+OK\\r\\n');
      }
    });
  })
  .listen(${port}, '${host}');
`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cachegraph-stalled-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function nodeThatLoads(step: number) {
  const [port = 0] = await freePorts(host, 1);
  const path = join(directory, 'server.cjs');
  await writeFile(path, server(port, step));
  await chmod(path, 0o700);
  const binary = { path, engine: 'valkey', version: '8.0.1', env: {} } as const;
  const config = (): string => '';
  return createNode({ id: 'node', host, port, directory, binary, administrator, ca: undefined, config, stallLimitMs });
}

it('a node that loads its data without progress is stopped, with the reason', async () => {
  const node = await nodeThatLoads(0);
  const stall = `It loaded nothing more after 100 bytes for ${stallLimitMs} ms.`;
  await expect(node.start(new AbortController().signal)).rejects.toMatchObject({
    message: expect.stringContaining(`Node node did not start. ${stall} Its log`) as string,
    stall,
  });
  expect(node.isRunning()).toBe(false);
});

it('a node that loads its data with progress may take longer than the limit', async () => {
  const node = await nodeThatLoads(5);
  try {
    await node.start(new AbortController().signal);
    expect(node.isRunning()).toBe(true);
  } finally {
    await node.stop();
  }
});
