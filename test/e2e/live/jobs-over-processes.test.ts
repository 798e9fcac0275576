import { expect, test } from 'vitest';
import { startApiProcess, type ApiProcess } from '../../helpers/apis/api-process.js';
import { eventually } from '../../helpers/run/eventually.js';
import { startSlowProxy } from '../../helpers/valkey/tcp-proxy.js';
import { startValkey, type TestValkey } from '../../helpers/valkey/valkey.js';

async function run({ url }: Pick<ApiProcess, 'url'>, query: string): Promise<any> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data, errors } = (await response.json()) as { data: any; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

const fill = (server: TestValkey) =>
  server.command('EVAL', 'for at = 1, 20000 do redis.call("SET", "k:" .. at, "v") end', '0');

async function startJob(api: ApiProcess): Promise<string> {
  const input = '{ cluster: "orders", match: "k:*", action: PERSIST, dryRun: false }';
  return (await run(api, `mutation { startKeyJob(input: ${input}) { job { id } } }`)).startKeyJob.job.id;
}

const stateOf = async (api: ApiProcess, id: string) =>
  (await run(api, `{ node(id: "${id}") { ... on KeyJob { status error matched } } }`)).node;

test('another process shows, cancels and follows a job, and shows it as FAILED after its process was killed', async () => {
  await using server = await startValkey();
  await fill(server);
  await using proxy = await startSlowProxy(server);
  await using one = await startApiProcess(proxy);
  await using other = await startApiProcess(server);

  const cancelled = await startJob(one);
  expect(await stateOf(other, cancelled)).toMatchObject({ status: 'RUNNING' });
  const { cancelJob } = await run(other, `mutation { cancelJob(input: { id: "${cancelled}" }) { job { status } } }`);
  expect(cancelJob.job.status).toBe('CANCELLED');

  const killed = await startJob(one);
  one.command.child.kill('SIGKILL');
  expect(await stateOf(other, killed)).toMatchObject({ status: 'RUNNING' });
  const record = `cachegraph:{jobs}:job:${Buffer.from(killed, 'base64').toString().split('/')[1]}`;
  // As if half a minute had passed since the last renewal.
  await server.command('PEXPIRE', record, String(86_400_000 - 31_000));
  expect(await stateOf(other, killed)).toMatchObject({
    status: 'FAILED',
    error: 'The process that ran the job has ended without completing it. Start the job again.',
  });
}, 60_000);

test('a process that receives SIGTERM marks its job as FAILED with the reason', async () => {
  await using server = await startValkey();
  await fill(server);
  await using other = await startApiProcess(server);
  await using proxy = await startSlowProxy(server);
  await using one = await startApiProcess(proxy);
  const id = await startJob(one);
  one.command.child.kill('SIGTERM');
  await eventually(async () => {
    expect(await stateOf(other, id)).toMatchObject({
      status: 'FAILED',
      error: 'The process that ran the job was shut down. Start the job again.',
    });
  });
}, 60_000);
