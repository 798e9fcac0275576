import { expect, it } from 'vitest';
import { openAdmin } from '../../../../src/local-elasticache/nodes/admin.js';
import { groupSpec, primaryOf, startFleet } from '../../../helpers/elasticache/fleet.js';
import { blockEventLoop, blockThreeTimes } from '../../../helpers/run/block-event-loop.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';

const timeoutMs = 100;

it('is refused or usable, but never open and useless, if its handshake takes until the timeout', async () => {
  await using fleet = await startFleet();
  const { host, port } = primaryOf(await fleet.start(groupSpec({ tls: true })));
  const ca = await fleet.caCertificate();
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const opening = openAdmin({ host, port, ca, timeoutMs });
    setTimeout(() => blockEventLoop(timeoutMs), attempt / 6);
    const admin = await opening.catch(() => undefined);
    if (!admin) continue;
    const reply = await admin.command('PING').catch((cause: unknown) => String(cause));
    if (admin.isOpen()) expect(reply).toBe('PONG');
    admin.close();
  }
});

it('is opened and answered although its process handles no event for longer than the timeout', async () => {
  await using server = await startValkey();
  const opening = openAdmin({ host: server.host, port: server.port, timeoutMs: 200 });
  opening.catch(() => undefined);
  await blockThreeTimes(400);
  await using admin = await opening;
  const reply = admin.command('PING');
  reply.catch(() => undefined);
  await blockThreeTimes(400);
  expect(await reply).toBe('PONG');
});
