import { beforeAll, expect, test } from 'vitest';
import { clientEnvironment, requirePrograms, runProgram } from '../helpers/clients/aws-programs.js';
import { startFleet } from '../helpers/elasticache/fleet.js';
import { startElastiCache } from '../helpers/elasticache/local-elasticache.js';
import { runByClients, runnable } from '../helpers/run/documentation.js';

beforeAll(requirePrograms);

/** The code of all blocks of a language, as one program for this endpoint. */
function programOf(language: string, url: string): string {
  const found = runnable(language, runByClients);
  expect(found.every(({ page }) => page === 'docs/local-elasticache.md')).toBe(true);
  return found.map(({ code }) => code.replaceAll('http://127.0.0.1:4566', url)).join('\n');
}

test('the blocks for the AWS CLI and boto3 run in their order', async () => {
  await using fleet = await startFleet();
  await using local = await startElastiCache(fleet);
  const { client, url } = local;
  expect(runnable('sh', runByClients)).toHaveLength(4);
  const env = clientEnvironment(url);

  const shell = await runProgram('/bin/sh', ['-euc', programOf('sh', url)], env);
  expect(shell.code, shell.stderr).toBe(0);
  const { ReplicationGroups: groups = [] } = await client.describeReplicationGroups();
  const shape = groups.map(({ ReplicationGroupId, Status, NodeGroups = [] }) => [
    ReplicationGroupId,
    Status,
    NodeGroups.map(({ NodeGroupMembers = [] }) => NodeGroupMembers.length),
  ]);
  expect(shape).toEqual([
    ['grown', 'available', [1]],
    ['orders', 'available', [1, 1]],
    ['sessions', 'available', [3]],
  ]);
  const { Snapshots: snapshots = [] } = await client.describeSnapshots();
  expect(snapshots.map(({ SnapshotName, SnapshotStatus }) => [SnapshotName, SnapshotStatus])).toEqual([
    ['before', 'available'],
    ['last', 'available'],
  ]);

  const python = await runProgram('python3', ['-c', programOf('python', url)], env);
  expect(python.code, python.stderr).toBe(0);
  expect(python.stdout).toContain('carts Replication group carts created');
  expect(python.stdout).toMatch(/\(UserNotFound\) when calling the DescribeUsers operation: User nobody not found/);
});
