import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { closedDatasource, ExpectedFailure, Outage } from '../../domain/errors.js';
import type { BulkLimits } from '../../domain/key/bulk-limits.js';
import { defaultBulkLimits } from '../../domain/key/bulk-limits.js';
import type { JobStatus, KeyJob } from '../../domain/key/key-job.js';
import { noChannelSettings } from '../../domain/realtime/channel-rules.js';
import { asError } from '../../runtime/errors.js';
import { repeat } from '../../runtime/repeat.js';
import type { Logger } from '../../telemetry/log.js';
import type { ValkeyCommands, ValkeyConnections } from '../valkey/interfaces.js';
import { countKeys } from '../valkey/values/keys/keys.js';
import type { KeyChange } from '../valkey/values/keys/bulk-change.js';
import type { JobRequest, KeyJobs } from './interfaces.js';
import { createJobProgress } from './job-progress.js';
import { runJob } from './job-runner.js';
import { createJobStore, type JobStore } from './job-store.js';

export interface KeyJobsOptions {
  readonly connections: Pick<ValkeyConnections, 'commands'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Whether a key is reserved for this API. */
  readonly isOwn: (name: Buffer) => boolean;
  readonly keyPrefix?: string;
  readonly limits?: Pick<BulkLimits, 'maxJobsPerCluster'>;
  readonly timing?: Partial<JobTiming>;
}

interface JobTiming {
  /** Time between two writes of the record of a running job. */
  readonly renewMs: number;
  /** The time after which a running job that did not renew its record is shown as FAILED. */
  readonly staleMs: number;
}

const defaultTiming: JobTiming = { renewMs: 1_000, staleMs: 30_000 };
const retryMs = 250;

/** A job that this process runs. */
interface LocalJob {
  job: KeyJob;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** The reason for which a job ends before its last key. */
class JobStopped extends Error {
  override readonly name = 'JobStopped';
  constructor(
    readonly status: JobStatus,
    message: string,
  ) {
    super(message);
  }
}

export function createKeyJobs(options: KeyJobsOptions): KeyJobs {
  const { connections, log, isOwn, limits = defaultBulkLimits, keyPrefix = noChannelSettings.keyPrefix } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const local = new Map<string, LocalJob>();
  let isClosed = false;

  const keyOf = (cluster: string, id: string): string => `${cluster.toLowerCase()}/${id}`;
  const connectTo = (cluster: string) => (): ValkeyCommands | Promise<ValkeyCommands> => connections.commands(cluster);
  const storeOf = (cluster: string): JobStore =>
    createJobStore(cluster.toLowerCase(), connectTo(cluster), { keyPrefix, staleMs: timing.staleMs });
  const read: KeyJobs['read'] = async (cluster, id) =>
    local.get(keyOf(cluster, id))?.job ?? (await storeOf(cluster).read(id));
  const progress = createJobProgress(read);

  const run = async (running: Omit<LocalJob, 'ended'>, request: JobRequest, store: JobStore): Promise<void> => {
    const { stop } = running;
    let renewedAt = performance.now();
    const renewal = repeat(
      async () => {
        try {
          if (!request.isAllowed()) throw new JobStopped('FAILED', 'The permission of the caller was withdrawn.');
          if (await store.renew(running.job)) throw new JobStopped('CANCELLED', 'The job was cancelled.');
          renewedAt = performance.now();
        } catch (error) {
          // Before other processes show the job as failed, so that no job seems to rise from the dead.
          const isLost = performance.now() - renewedAt > timing.staleMs * 0.8;
          if (error instanceof JobStopped || isLost) stop.abort(error);
        }
      },
      () => timing.renewMs,
    );
    let end: Pick<KeyJob, 'status' | 'error'>;
    try {
      const done = await runJob({
        job: running.job,
        change: changeOf(request),
        connect: connectTo(request.cluster),
        isOwn,
        onProgress: (job) => (running.job = job),
        stop: stop.signal,
        patienceMs: timing.staleMs * 0.8,
      });
      end = { status: 'SUCCEEDED', error: done.error };
    } catch (error) {
      const status = error instanceof JobStopped ? error.status : 'FAILED';
      end = { status, error: status === 'CANCELLED' ? null : asError(error).message };
    }
    renewal.stop();
    running.job = { ...running.job, ...end, finishedAt: new Date() };
    await recordEnd(store, running.job);
    const { id, cluster, status, scanned, matched, changed, unconfirmed, failed } = running.job;
    log.info({ job: id, cluster, status, scanned, matched, changed, unconfirmed, failed }, 'a job has ended');
  };

  /** Waits for a cluster that is away: otherwise a complete job would be shown as failed. */
  const recordEnd = async (store: JobStore, job: KeyJob): Promise<void> => {
    const deadline = performance.now() + timing.staleMs;
    for (;;) {
      try {
        await store.finish(job);
        return;
      } catch (error) {
        if (!isClosed && error instanceof Outage && performance.now() < deadline) {
          await pause(retryMs, undefined, { ref: false });
          continue;
        }
        log.warn({ err: error, cluster: job.cluster }, 'the end of a job could not be recorded');
        return;
      }
    }
  };

  return {
    read,
    async start(request) {
      if (isClosed) throw closedDatasource();
      const { action, match, type, dryRun } = request;
      const cluster = request.cluster.toLowerCase();
      const store = storeOf(cluster);
      const job: KeyJob = {
        ...{ id: randomUUID(), cluster, action, match, type, dryRun, status: 'RUNNING' },
        ...{ scanned: 0, matched: 0, changed: 0, unconfirmed: 0, failed: 0, error: null, examples: [] },
        estimatedTotal: await countKeys(await connectTo(cluster)()).catch(() => null),
        startedAt: new Date(),
        finishedAt: null,
      };
      // Recorded before it is counted, so that two processes that start jobs at once never exceed the limit together.
      const others = await store.create(job);
      if (others.length >= limits.maxJobsPerCluster) {
        await store.remove(job.id);
        throw tooManyJobs(limits.maxJobsPerCluster);
      }
      const running = { job, stop: new AbortController() };
      const key = keyOf(cluster, job.id);
      const ended = run(running, request, store).finally(() => {
        local.delete(key);
        progress.ended(cluster, job.id);
      });
      local.set(key, Object.assign(running, { ended }));
      return job;
    },
    list: (cluster) => storeOf(cluster).newest(),
    async cancel(cluster, id) {
      const here = local.get(keyOf(cluster, id));
      if (here) {
        here.stop.abort(new JobStopped('CANCELLED', 'The job was cancelled.'));
        await here.ended;
        return here.job;
      }
      const store = storeOf(cluster);
      let job = await store.read(id);
      if (job?.status !== 'RUNNING') return job;
      await store.requestCancel(id);
      const deadline = performance.now() + 3 * timing.renewMs;
      while (job?.status === 'RUNNING' && performance.now() < deadline) {
        await pause(timing.renewMs / 10);
        job = await store.read(id);
      }
      return job;
    },
    progress: (cluster, id) => progress.source(cluster, id),
    close,
    [Symbol.asyncDispose]: close,
  };

  async function close(): Promise<void> {
    isClosed = true;
    const running = [...local.values()];
    const reason = new JobStopped('FAILED', 'The process that ran the job was shut down. Start the job again.');
    for (const { stop } of running) stop.abort(reason);
    await Promise.all(running.map(({ ended }) => ended));
    progress.close(closedDatasource());
  }
}

function changeOf({ dryRun, action, expiry }: JobRequest): KeyChange | undefined {
  if (dryRun) return undefined;
  if (action === 'DELETE') return 'delete';
  return action === 'PERSIST' ? { kind: 'never' } : expiry;
}

function tooManyJobs(most: number): ExpectedFailure {
  return new ExpectedFailure(
    'QUOTA_EXCEEDED',
    `Expected fewer than ${most} jobs that run in this cluster (limits.maxJobsPerCluster). Wait until one ends, or cancel one.`,
    { path: ['input', 'cluster'] },
  );
}
