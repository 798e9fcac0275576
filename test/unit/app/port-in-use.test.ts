import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { explainPortInUse } from '../../../src/app/port-in-use.js';
import { listen } from '../../../src/runtime/network/listen.js';

test('a port in use is explained with its process and a remedy', async () => {
  const server = createServer();
  const port = await listen(server, '127.0.0.1', 0);
  const failure = await listen(createServer(), '127.0.0.1', port).catch((error: unknown) => error);
  const explanation = await explainPortInUse(failure, '--port 4001');
  server.close();
  expect(explanation).toContain(`Port ${port} on 127.0.0.1 is in use`);
  if (process.platform === 'linux') expect(explanation).toContain(`(process ${process.pid})`);
  expect(explanation).toMatch(/choose another port: --port 4001\.$/);
});

test('other errors are not explained', async () => {
  expect(await explainPortInUse(new Error('EADDRINUSE'), '--port 4001')).toBeUndefined();
  expect(await explainPortInUse(Object.assign(new Error(), { code: 'EACCES' }), '--port 80')).toBeUndefined();
  expect(await explainPortInUse('EADDRINUSE', '--port 4001')).toBeUndefined();
});
