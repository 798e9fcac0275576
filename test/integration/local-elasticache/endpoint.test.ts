import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { ElastiCache } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { operationSchemas } from '../../../src/local-elasticache/wire/schemas.js';
import { createFakeFleet } from '../../helpers/fake-fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../helpers/local-elasticache.js';

describe('the local endpoint', () => {
  it('answers each of the 75 actions with XML and never with a server error', async () => {
    await using local = await startElastiCache(createFakeFleet());
    for (const action of [...operationSchemas.keys(), 'Nonsense', '__proto__', 'constructor']) {
      const response = await fetch(`${local.url}/`, { method: 'POST', body: new URLSearchParams({ Action: action }) });
      expect(response.status, action).toBeLessThan(500);
      expect(await response.text(), action).toMatch(
        /<(?:ErrorResponse|\w+Response) xmlns="http:\/\/elasticache\.amazonaws\.com/,
      );
    }
  });

  it('refuses by name what it does not do', async () => {
    await using local = await startElastiCache(createFakeFleet());
    await expect(local.client.createSnapshot({ SnapshotName: 's' })).rejects.toMatchObject({
      Code: 'NotImplemented',
      message: expect.stringContaining('CreateSnapshot') as string,
    });
    await expect(local.client.describeSnapshots({ SnapshotName: 's' })).rejects.toMatchObject({
      name: 'SnapshotNotFoundFault',
    });
    expect((await local.client.describeServerlessCaches()).ServerlessCaches).toEqual([]);
  });

  it('survives garbage, bodies without end, and web pages', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const post = async (body: string, headers: Record<string, string> = form) =>
      (await fetch(local.url, { method: 'POST', body, headers })).status;
    expect(await post('%%%&=&&Action')).toBe(400);
    expect(await post('Action=DescribeUsers', { ...form, Origin: 'http://evil.example' })).toBe(403);
    expect(await post('{}', { 'content-type': 'application/json' })).toBe(415);
    expect((await fetch(local.url, { method: 'DELETE' })).status).toBe(405);
    expect(await statusForTooMuch(local.url)).toBe(413);
    expect(await (await fetch(`${local.url}/health`)).json()).toMatchObject({ status: 'ok', users: 1 });
    expect(await (await fetch(`${local.url}/ca.pem`)).text()).toContain('BEGIN CERTIFICATE');
  });

  it(
    'closes while a describe is held and a group is starting, and goes on with it at the next start',
    { timeout: 8000 },
    async () => {
      const fleet = createFakeFleet();
      await using first = await startElastiCache(fleet);
      fleet.hold();
      await first.client.createReplicationGroup(smallGroup);
      const held = first.client.describeReplicationGroups({ ReplicationGroupId: 'orders' });
      // Sent after it and answered: the held request has arrived.
      await first.client.describeUsers();
      await first.client.describeUsers();
      const stopping = first.stop();
      expect((await held).ReplicationGroups).toMatchObject([{ Status: 'creating' }]);
      await stopping;
      await using second = await startElastiCache(createFakeFleet(), first.dataDir);
      await groupStatusBecomes(second.client, 'orders', 'available');
    },
  );

  it('starts its groups again with the ports that they had', async () => {
    await using first = await startElastiCache(createFakeFleet());
    await first.client.createReplicationGroup({ ...smallGroup, NumCacheClusters: 2 });
    await groupStatusBecomes(first.client, 'orders', 'available');
    const before = await ports(first.client);
    await first.stop();
    await using second = await startElastiCache(createFakeFleet(), first.dataDir);
    await groupStatusBecomes(second.client, 'orders', 'available');
    expect(await ports(second.client)).toEqual(before);
  });

  it('says what is wrong with a broken state file instead of starting', async () => {
    await using first = await startElastiCache(createFakeFleet());
    await first.stop();
    await writeFile(join(first.dataDir, 'elasticache.json'), 'not json');
    await expect(startElastiCache(createFakeFleet(), first.dataDir)).rejects.toThrow(
      /elasticache\.json.*cachegraph reset/,
    );
  });
});

async function ports(client: ElastiCache): Promise<(number | undefined)[]> {
  const { CacheClusters = [] } = await client.describeCacheClusters({ ShowCacheNodeInfo: true });
  return CacheClusters.map(({ CacheNodes }) => CacheNodes![0]!.Endpoint!.Port);
}

/** Sends more than the endpoint reads and resolves with the status that it answers meanwhile. */
function statusForTooMuch(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    let answered = false;
    sending.on('response', (response) => {
      answered = true;
      resolve(response.statusCode);
      sending.destroy();
    });
    sending.on('error', (error) => {
      if (!answered) reject(error);
    });
    sending.write('a'.repeat(1024 * 1024 + 1));
  });
}
