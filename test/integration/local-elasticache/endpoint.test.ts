import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { ElastiCache } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { operationSchemas } from '../../../src/interop/elasticache-schemas.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { ask } from '../../helpers/clients/raw-http.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../helpers/elasticache/local-elasticache.js';

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

  it('refuses unsupported actions and parameters by name', async () => {
    await using local = await startElastiCache(createFakeFleet());
    await expect(
      local.client.exportServerlessCacheSnapshot({ ServerlessCacheSnapshotName: 's', S3BucketName: 'b' }),
    ).rejects.toMatchObject({
      Code: 'NotImplemented',
      message: expect.stringContaining('ExportServerlessCacheSnapshot') as string,
    });
    await expect(local.client.describeSnapshots({ SnapshotName: 's' })).rejects.toMatchObject({
      name: 'SnapshotNotFoundFault',
    });
    expect((await local.client.describeServerlessCaches()).ServerlessCaches).toEqual([]);
  });

  it('checks the pages of lists that are always empty', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    for (const refused of [
      client.describeGlobalReplicationGroups({ MaxRecords: 19 }),
      client.describeUpdateActions({ MaxRecords: 101 }),
      client.describeServiceUpdates({ Marker: 'none' }),
    ]) {
      await expect(refused).rejects.toMatchObject({ Code: 'InvalidParameterValue' });
    }
  });

  it('names what it lacks for an action that it refuses, before it looks at the parameters', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const body = new URLSearchParams({ Action: 'CreateGlobalReplicationGroup' });
    const response = await fetch(local.url, { method: 'POST', body });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(
      '<Code>NotImplemented</Code><Message>CreateGlobalReplicationGroup is not implemented by the local ElastiCache endpoint, ' +
        'which has no global datastores.</Message>',
    );
  });

  it('answers GetCallerIdentity as STS does', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const body = new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' });
    const answer = await (await fetch(local.url, { method: 'POST', body })).text();
    expect(answer).toMatch(
      /<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/"><GetCallerIdentityResult>.*<Account>000000000000<\/Account>.*<RequestId>/,
    );
  });

  it('survives garbage, endless bodies and web pages', async () => {
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

  it('refuses host names that a web page may have resolved to this machine', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const body = 'Action=CreateUserGroup&UserGroupId=evil&Engine=valkey';
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const host of ['evil.example', 'evil.example:4566', 'localhost.evil.example', '127.0.0.1.evil.example']) {
      for (const path of ['/?Action=DescribeUsers', '/health', '/ca.pem', '/']) {
        const answer = await ask(local.url + path, { headers: { host } });
        expect([path, answer.status]).toEqual([path, 403]);
        expect(answer.body).toContain('allowedHosts');
      }
      expect((await ask(local.url, { method: 'POST', headers: { ...form, host }, body })).status).toBe(403);
    }
    expect((await local.client.describeUserGroups()).UserGroups).toEqual([]);
  });

  it.each([
    'localhost:4566',
    'LOCALHOST',
    'aws.localhost:4566',
    '127.0.0.1:1',
    '[::1]:4566',
    '192.0.2.1',
    'Cache.Internal:80',
  ])('accepts addresses, names of this machine and allowed names: %s', async (host) => {
    await using local = await startElastiCache(createFakeFleet(), undefined, ['cache.internal']);
    expect((await ask(`${local.url}/?Action=DescribeUsers`, { headers: { host } })).status).toBe(200);
  });

  it('refuses text that is not UTF-8 instead of storing different text', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const post = (body: string | Buffer, type = 'application/x-www-form-urlencoded; charset=utf-8') =>
      ask(local.url, { method: 'POST', headers: { 'content-type': type }, body });
    const create = 'Action=CreateUserGroup&Engine=valkey&UserIds.member.1=default&UserGroupId=';
    for (const body of [`${create}%E9`, Buffer.from(`${create}\u00e9`, 'latin1'), 'Action=DescribeUsers&%ff=1']) {
      expect((await post(body)).status).toBe(400);
    }
    expect((await ask(`${local.url}/?Action=DescribeUsers&UserId=%E9`)).status).toBe(400);
    expect((await post('Action=DescribeUsers', 'application/x-www-form-urlencoded; charset=latin1')).status).toBe(415);
    expect((await post('Action=DescribeUsers')).status).toBe(200);
    expect((await local.client.describeUserGroups()).UserGroups).toEqual([]);
  });

  it(
    'closes during a delayed describe and a starting group, and continues with the group at the next start',
    { timeout: 8000 },
    async () => {
      const fleet = createFakeFleet();
      await using first = await startElastiCache(fleet);
      fleet.hold();
      await first.client.createReplicationGroup(smallGroup);
      const held = first.client.describeReplicationGroups({ ReplicationGroupId: 'orders' });
      // Sent later and answered, so the delayed request has arrived.
      await first.client.describeUsers();
      await first.client.describeUsers();
      const stopping = first.stop();
      expect((await held).ReplicationGroups).toMatchObject([{ Status: 'creating' }]);
      await stopping;
      await using second = await startElastiCache(createFakeFleet(), first.dataDir);
      await groupStatusBecomes(second.client, 'orders', 'available');
    },
  );

  it('restarts its groups on their previous ports', async () => {
    await using first = await startElastiCache(createFakeFleet());
    await first.client.createReplicationGroup({ ...smallGroup, NumCacheClusters: 2 });
    await groupStatusBecomes(first.client, 'orders', 'available');
    const before = await ports(first.client);
    await first.stop();
    await using second = await startElastiCache(createFakeFleet(), first.dataDir);
    await groupStatusBecomes(second.client, 'orders', 'available');
    expect(await ports(second.client)).toEqual(before);
  });

  it('reports the fault of a broken state file instead of starting', async () => {
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

/** Sends more than the endpoint reads and resolves to the status of its answer. */
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
