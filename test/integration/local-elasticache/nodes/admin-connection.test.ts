import { expect, it } from 'vitest';
import { openAdmin } from '../../../../src/local-elasticache/nodes/admin.js';
import { groupSpec, primaryOf, startFleet } from '../../../helpers/elasticache/fleet.js';
import { keepBusy } from '../../../helpers/run/busy.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';

const timeoutMs = 100;

/** Keeps this process from handling any event, like a machine under load. */
function block(milliseconds: number): void {
  for (const until = performance.now() + milliseconds; performance.now() < until;);
}

it('is refused or usable, but never open and useless, if its handshake takes until the timeout', async () => {
  await using fleet = await startFleet();
  const { host, port } = primaryOf(await fleet.start(groupSpec({ tls: true })));
  const ca = await fleet.caCertificate();
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const opening = openAdmin({ host, port, ca, timeoutMs });
    setTimeout(() => block(timeoutMs), attempt / 6);
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
  await keepBusy(400);
  await using admin = await opening;
  const reply = admin.command('PING');
  reply.catch(() => undefined);
  await keepBusy(400);
  expect(await reply).toBe('PONG');
});
