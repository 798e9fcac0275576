import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { clientEnvironment, requirePrograms, runProgram } from '../helpers/clients/aws-programs.js';
import { startFleet } from '../helpers/elasticache/fleet.js';
import { startElastiCache } from '../helpers/elasticache/local-elasticache.js';

beforeAll(requirePrograms);

const tour = fileURLToPath(new URL('boto3_tour.py', import.meta.url));

test('boto3 has its waiters, its paginators and its typed exceptions', async () => {
  await using fleet = await startFleet();
  await using local = await startElastiCache(fleet);
  const { code, stderr } = await runProgram('python3', [tour], clientEnvironment(local.url));
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/Ran 5 tests/);
});
