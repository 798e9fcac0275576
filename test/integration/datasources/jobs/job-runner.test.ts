import { expect, it } from 'vitest';
import { runJob } from '../../../../src/datasources/jobs/job-runner.js';
import type { Command, ValkeyCommands } from '../../../../src/datasources/valkey/interfaces.js';
import { Outage } from '../../../../src/domain/errors.js';
import type { KeyJob } from '../../../../src/domain/key/key-job.js';
import { connectionsTo } from '../../../helpers/valkey/connections.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';

const deletion: KeyJob = {
  ...{ id: 'job', cluster: 'orders', action: 'DELETE', match: Buffer.from('k:*'), type: undefined, dryRun: false },
  ...{ status: 'RUNNING', scanned: 0, matched: 0, changed: 0, failed: 0, estimatedTotal: null, error: null },
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
