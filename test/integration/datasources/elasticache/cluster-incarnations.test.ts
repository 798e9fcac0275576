import { expect, test } from 'vitest';
import { createClusterDirectory } from '../../../../src/datasources/elasticache/watch/cluster-directory.js';
import { createValkeyConnections } from '../../../../src/datasources/valkey/connections/connections.js';
import type { DataAccess } from '../../../../src/domain/cluster/data-access.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { createFakeControlPlane } from '../../../helpers/elasticache/fake-control-plane.js';
import { startValkey, type TestValkey } from '../../../helpers/valkey/valkey.js';
import { testLog } from '../../../helpers/run/test-log.js';

const password = 'canary-secret-of-alice';
const users = { default: 'off', alice: `on >${password} ~* &* +@all` };
const described = (server: TestValkey, day: number) => ({
  ...describeServer(server),
  userGroupIds: ['staff'],
  createdAt: new Date(Date.UTC(2026, 0, day)),
});

function enter(server: TestValkey, credentials?: Parameters<typeof createValkeyConnections>[0]['credentials']) {
  const controlPlane = createFakeControlPlane({ clusters: [described(server, 1)] });
  const connections = createValkeyConnections({
    directory: createClusterDirectory({ controlPlane }),
    log: testLog(),
    credentials,
  });
  const reports: DataAccess['state'][] = [];
  connections.onDataAccessChange(({ state }) => reports.push(state));
  return { controlPlane, connections, reports };
}

test('a session ends when a read shows that its cluster was replaced by another one of the same name', async () => {
  await using server = await startValkey({ users });
  const { controlPlane, connections } = enter(server);
  await using _ = connections;
  const closed: string[] = [];
  connections.onClosed((name, { code }) => closed.push(`${name} ${code}`));
  await connections.connect('Orders', { username: 'alice', password });
  const before = await connections.commands('orders');

  controlPlane.state.clusters = [described(server, 2)];
  await controlPlane.clusters();
  await expect(before.send({ args: ['PING'] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(connections.commands('orders')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  expect(connections.dataAccess('orders')).toMatchObject({ state: 'DISCONNECTED', username: null });
  expect(connections.accesses()).toEqual([]);
  expect(closed).toEqual(['orders NOT_FOUND']);
});

test('a disconnected cluster that is recreated is another cluster', async () => {
  await using server = await startValkey();
  const open = (day: number) => ({ ...described(server, day), userGroupIds: [] });
  const { controlPlane, connections } = enter(server);
  await using _ = connections;
  controlPlane.state.clusters = [open(1)];
  await connections.disconnect('orders');
  await expect(connections.commands('orders')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  controlPlane.state.clusters = [open(2)];
  await controlPlane.clusters();
  expect(await (await connections.commands('orders')).send({ args: ['PING'] })).toEqual(Buffer.from('PONG'));
});

test('an access that was being opened when its cluster was deleted is not used', async () => {
  await using server = await startValkey({ users });
  const { controlPlane, connections } = enter(server);
  await using _ = connections;
  server.freeze();
  const opening = connections.connect('orders', { username: 'alice', password });
  await eventually(() => expect(connections.dataAccess('orders').state).toBe('CONNECTING'));
  connections.deleted('orders');
  controlPlane.state.clusters = [];
  server.thaw();
  await expect(opening).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(connections.accesses()).toEqual([]);
});

test('repeatedly failing attempts are reported once, and back off', async () => {
  const server = await startValkey();
  const { connections, reports } = enter(server, () => Promise.resolve({}));
  await using _ = connections;
  await server[Symbol.asyncDispose]();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await expect(connections.commands('orders')).rejects.toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
  }
  expect(reports).toEqual(['FAILED']);
});

test('refused credentials of the configuration are not retried with every request', async () => {
  await using server = await startValkey({ users });
  const { connections, reports } = enter(server, () =>
    Promise.resolve({ username: 'alice', password: 'canary-not-her-secret' }),
  );
  await using _ = connections;
  for (let request = 0; request < 20; request += 1) {
    await expect(connections.commands('orders')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  }
  const refusals = /errorstat_WRONGPASS:count=(\d+)/.exec(String(await server.command('INFO', 'errorstats')));
  expect(Number(refusals?.[1])).toBeLessThan(10);
  expect(reports).toEqual(['FAILED']);
  await connections.connect('orders', { username: 'alice', password });
  expect(reports).toEqual(['FAILED', 'CONNECTED']);
});
