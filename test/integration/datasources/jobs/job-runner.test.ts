import { describe, expect, it } from 'vitest';
import { runJob } from '../../../../src/datasources/jobs/job-runner.js';
import type { KeyChange } from '../../../../src/datasources/valkey/values/keys/bulk-change.js';
import type { Command, ValkeyCommands } from '../../../../src/datasources/valkey/interfaces.js';
import { Outage } from '../../../../src/domain/errors.js';
import type { KeyJob } from '../../../../src/domain/key/key-job.js';
import { connectionsTo } from '../../../helpers/valkey/connections.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startTcpProxy } from '../../../helpers/valkey/tcp-proxy.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';

const deletion: KeyJob = {
  ...{ id: 'job', cluster: 'orders', action: 'DELETE', match: Buffer.from('k:*'), type: undefined, dryRun: false },
  ...{ status: 'RUNNING', scanned: 0, matched: 0, changed: 0, unconfirmed: 0, failed: 0 },
  ...{ estimatedTotal: null, error: null },
  ...{ startedAt: new Date(), finishedAt: null, examples: [] },
};

/** The commands of a cluster whose TYPE or SCAN is no longer answered after the first deletion was sent. */
function failingAfterDeletion(commands: ValkeyCommands, failing: string): ValkeyCommands {
  let hasDeleted = false;
  const check = (name: unknown): void => {
    if (name === 'UNLINK') hasDeleted = true;
    if (hasDeleted && name === failing) throw new Outage('TIMEOUT', `${failing} was not answered.`);
  };
  return {
    ...commands,
    send: async (command: Command) => {
      check(command.args[0]);
      return await commands.send(command);
    },
    post(command, receiver) {
      check(command.args[0]);
      commands.post(command, receiver);
    },
    primaries: () =>
      commands.primaries().map((node) => ({
        ...node,
        async connection() {
          check('SCAN');
          return await node.connection();
        },
        async send(args) {
          check(args[0]);
          return await node.send(args);
        },
      })),
  };
}

it.each(['TYPE', 'SCAN'])('a job that fails because of %s has counted every key that it changed', async (failing) => {
  await using server = await startValkey();
  // So few keys that match that all are examples, in two or three batches: one that deletes also reads types.
  await server.command('EVAL', 'for at = 1, 100 do redis.call("SET", "other:" .. at, "v") end', '0');
  await server.command('EVAL', 'for at = 1, 19 do redis.call("SET", "k:" .. at, "v") end', '0');
  await using connections = connectionsTo(describeServer(server));
  const commands = failingAfterDeletion(await connections.commands('orders'), failing);
  let job = deletion;
  const running = runJob({
    job,
    change: 'delete',
    connect: () => commands,
    isOwn: () => false,
    onProgress: (latest) => (job = latest),
    stop: new AbortController().signal,
    patienceMs: 0,
  });
  await expect(running).rejects.toMatchObject({ code: 'TIMEOUT' });
  const deleted = 119 - Number(await server.command('DBSIZE'));
  expect(deleted).toBeGreaterThan(0);
  expect(job).toMatchObject({ changed: deleted, failed: 0 });
});

/**
 * Runs a job on 100 keys that expire. The connection is cut after the server has executed the changes of the first batch, of whose replies only
 * some bytes arrive. Resolves to the job and to how many keys the server had changed until then.
 */
async function runAndCut(
  change: KeyChange,
  options: { readonly afterBytes?: number; readonly patienceMs?: number } = {},
) {
  await using server = await startValkey();
  await server.command('EVAL', 'for at = 1, 100 do redis.call("SET", "k:" .. at, "v", "EX", 10000) end', '0');
  await using proxy = await startTcpProxy(server);
  await using connections = connectionsTo(describeServer(proxy));
  const commands = await connections.commands('orders');
  const changesSeen = async () => {
    const info = String(await server.command('INFO', 'commandstats'));
    const calls = [...info.matchAll(/cmdstat_(?:unlink|pexpire|persist):calls=(\d+)/g)].map(([, count]) =>
      Number(count),
    );
    return calls.reduce((sum, count) => sum + count, 0);
  };
  let changedBefore = 0;
  let cutting: Promise<void> | undefined;
  const cut = async (): Promise<void> => {
    proxy.loseReplies(options.afterBytes);
    await eventually(async () => expect(await changesSeen()).toBeGreaterThan(0));
    const expiring = Number(/expires=(\d+)/.exec(String(await server.command('INFO', 'keyspace')))?.[1] ?? 0);
    changedBefore = 100 - expiring;
    proxy.cut();
  };
  let job = deletion;
  const ended = runJob({
    job,
    change,
    connect: async () => {
      if (cutting) return await connections.commands('orders');
      return {
        ...commands,
        post(command, receiver) {
          cutting ??= cut();
          commands.post(command, receiver);
        },
      };
    },
    isOwn: () => false,
    onProgress: (latest) => (job = latest),
    stop: new AbortController().signal,
    patienceMs: options.patienceMs ?? 10_000,
  });
  const failure = await ended.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await cutting;
  return { job, failure, changedBefore };
}

describe('A job whose connection is cut after the server has changed keys', () => {
  it('does not count the keys as changed of which it does not know, and says how many these are', async () => {
    const { job, failure, changedBefore } = await runAndCut('delete');
    expect(failure).toBeUndefined();
    expect(changedBefore).toBeGreaterThan(0);
    expect(job).toMatchObject({ matched: 100, changed: 100 - changedBefore, unconfirmed: changedBefore, failed: 0 });
  });

  it('keeps the replies that arrived before', async () => {
    // Ten replies, `:1` and the end of the line.
    const { job, changedBefore } = await runAndCut({ kind: 'never' }, { afterBytes: 40 });
    expect(changedBefore).toBeGreaterThan(10);
    expect(job).toMatchObject({ changed: 110 - changedBefore, unconfirmed: changedBefore - 10, failed: 0 });
  });

  it('counts exactly if the repeated change is confirmed', async () => {
    const { job } = await runAndCut({ kind: 'after', milliseconds: 5000 });
    expect(job).toMatchObject({ changed: 100, unconfirmed: 0, failed: 0 });
  });

  it('says so as well if it fails then', async () => {
    const { job, failure, changedBefore } = await runAndCut('delete', { patienceMs: 0 });
    expect(failure).toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    expect(job).toMatchObject({ changed: 0, unconfirmed: changedBefore, failed: 0 });
  });
});
