import { ExpectedFailure } from '../../domain/errors.js';
import type { KeyJob } from '../../domain/key/key-job.js';
import { CommandError } from '../valkey/command-error.js';
import type { Command, Reply, ValkeyCommands } from '../valkey/interfaces.js';
import { listOf, numberOf, pairsOf, textOf } from '../valkey/replies.js';
import { expectedFailure } from '../valkey/values/expected-failure.js';
import { cancelField, fieldsOf, jobOf, renewedAtOf, renewedField } from './job-record.js';

/** The records of the jobs of one cluster, in the cluster itself, so that each process of this API sees them. */
export interface JobStore {
  /**
   * Records the job. Resolves to the other jobs that run.
   * @throws ExpectedFailure PERMISSION_DENIED, OUT_OF_MEMORY; Outage: then the job is not recorded, or shown as FAILED soon
   */
  create(job: KeyJob): Promise<readonly KeyJob[]>;
  /** Writes the current state. Resolves to whether another process has asked to cancel the job. */
  renew(job: KeyJob): Promise<boolean>;
  finish(job: KeyJob): Promise<void>;
  remove(id: string): Promise<void>;
  /** Null if there is no such job, or none any more. */
  read(id: string): Promise<KeyJob | null>;
  /** The newest jobs first, whose records may already be gone. */
  newest(): Promise<readonly StoredJob[]>;
  /** Jobs that run as far as their records show. */
  running(): Promise<readonly KeyJob[]>;
  requestCancel(id: string): Promise<void>;
}

export interface StoredJob {
  readonly id: string;
  readonly startedAt: number;
}

/** How long a record is kept after its job has ended. */
const jobRetentionMs = 86_400_000;
/** The most jobs of one cluster that are listed. */
const maxListed = 1_000;

const abandoned = 'The process that ran the job has ended without completing it. Start the job again.';

/**
 * All keys have one hash tag, so that one transaction can write them. The expiry of a record is set to the same time by each write, so
 * its rest shows when the record was written last, without comparing the clocks of machines.
 * @param staleMs the time after which a running job that did not renew its record is shown as FAILED
 */
export function createJobStore(
  cluster: string,
  connect: () => ValkeyCommands | Promise<ValkeyCommands>,
  { keyPrefix, staleMs }: { readonly keyPrefix: string; readonly staleMs: number },
): JobStore {
  const index = Buffer.from(`${keyPrefix}{jobs}`);
  const runningSet = Buffer.from(`${keyPrefix}{jobs}:running`);
  const recordOf = (id: string): Buffer => Buffer.from(`${keyPrefix}{jobs}:job:${id}`);
  const failure = (error: unknown): Error => jobFailure(error, `${keyPrefix}{jobs}*`);

  const send = async (...args: Command['args']): Promise<Reply> => {
    try {
      return await (await connect()).send({ args, key: index });
    } catch (error) {
      throw failure(error);
    }
  };
  const transaction = async (commands: readonly Command['args'][]): Promise<readonly Reply[]> => {
    try {
      return await (await connect()).transaction(index, commands);
    } catch (error) {
      throw failure(error);
    }
  };
  const retention = String(jobRetentionMs);
  const write = (job: KeyJob): readonly Command['args'][] => [
    ['HSET', recordOf(job.id), ...fieldsOf(job), renewedField, String(Date.now())],
    ['PEXPIRE', recordOf(job.id), retention],
  ];
  const keepIndexes: readonly Command['args'][] = [
    ['PEXPIRE', index, retention],
    ['PEXPIRE', runningSet, retention],
  ];
  const read = async (id: string): Promise<KeyJob | null> => {
    const [record, rest] = await Promise.all([send('HGETALL', recordOf(id)), send('PTTL', recordOf(id))]);
    const fields = pairsOf(record);
    const job = jobOf({ cluster, id }, fields);
    if (!job) return null;
    const ttl = numberOf(rest);
    const silentMs = ttl < 0 ? 0 : jobRetentionMs - ttl;
    if (job.status !== 'RUNNING' || silentMs <= staleMs) return job;
    // The time of the job's own process, so that every answer of every process is the same.
    const finishedAt = renewedAtOf(fields) ?? new Date(Date.now() - silentMs);
    return { ...job, status: 'FAILED', finishedAt, error: abandoned };
  };

  const store: JobStore = {
    async create(job) {
      const startedAt = job.startedAt.getTime();
      await transaction([
        ...write(job),
        ['ZADD', index, String(startedAt), job.id],
        ['ZREMRANGEBYSCORE', index, '-inf', String(startedAt - 2 * jobRetentionMs)],
        ['ZREMRANGEBYRANK', index, '0', String(-1 - maxListed)],
        ['SADD', runningSet, job.id],
        ...keepIndexes,
      ]);
      try {
        return (await store.running()).filter(({ id }) => id !== job.id);
      } catch (error) {
        await store.remove(job.id).catch(() => undefined);
        throw error;
      }
    },
    async renew(job) {
      const replies = await transaction([...write(job), ...keepIndexes, ['HGET', recordOf(job.id), cancelField]]);
      return replies.at(-1) !== null;
    },
    async finish(job) {
      await transaction([...write(job), ['SREM', runningSet, job.id]]);
    },
    async remove(id) {
      await transaction([
        ['DEL', recordOf(id)],
        ['ZREM', index, id],
        ['SREM', runningSet, id],
      ]);
    },
    read,
    async newest() {
      // A flat list, or pairs in RESP3.
      const reply = listOf(await send('ZRANGE', index, '0', String(maxListed - 1), 'REV', 'WITHSCORES'));
      return reply.map((pair) => {
        const [id, startedAt] = listOf(pair);
        return { id: textOf(id), startedAt: numberOf(startedAt) };
      });
    },
    async running() {
      const ids = listOf(await send('SMEMBERS', runningSet)).map(textOf);
      const jobs = await Promise.all(ids.map(read));
      const ended = ids.filter((_, at) => jobs[at]?.status !== 'RUNNING');
      if (ended.length > 0) await send('SREM', runningSet, ...ended);
      return jobs.flatMap((job) => (job?.status === 'RUNNING' ? [job] : []));
    },
    async requestCancel(id) {
      await send('HSET', recordOf(id), cancelField, '1');
    },
  };
  return store;
}

function jobFailure(error: unknown, keys: string): Error {
  if (!(error instanceof CommandError) || error.prefix !== 'NOPERM') return expectedFailure(error);
  return new ExpectedFailure(
    'PERMISSION_DENIED',
    `Jobs are recorded in keys of ${keys}. The Valkey user requires those keys, and +multi, +exec, +hset, +hget, +hgetall, +pttl, ` +
      `+pexpire, +zadd, +zrange, +zrem, +zremrangebyscore, +zremrangebyrank, +sadd, +srem, +smembers, +del: ${error.message}`,
    { upstreamCode: error.prefix, cause: error },
  );
}
