import { setTimeout as pause } from 'node:timers/promises';
import { ExpectedFailure } from '../../domain/errors.js';
import type { KeyJob } from '../../domain/key/key-job.js';
import { asError } from '../../runtime/errors.js';
import type { ValkeyCommands } from '../valkey/interfaces.js';
import { AccessDenied } from '../valkey/connections/nodes/connection-errors.js';
import { expectedFailure } from '../valkey/values/expected-failure.js';
import {
  createBulkChange,
  nothingChanged,
  type BulkChange,
  type BulkOutcome,
  type KeyChange,
} from '../valkey/values/keys/bulk-change.js';
import { createKeyWalk, type WalkedKeys } from '../valkey/values/scans/key-walk.js';
import { typedKeys } from '../valkey/values/scans/shard-scan.js';
import { createJobPacing } from './job-pacing.js';

export interface JobRun {
  readonly job: KeyJob;
  /** Undefined for a dry run. */
  readonly change: KeyChange | undefined;
  readonly connect: () => ValkeyCommands | Promise<ValkeyCommands>;
  /** Keys of this API, which no job changes. */
  readonly isOwn: (name: Buffer) => boolean;
  /** Called with the new state as soon as keys were changed or found, so that a job that fails loses no count. */
  readonly onProgress: (job: KeyJob) => void;
  /** Aborts with the reason for which the job must end. */
  readonly stop: AbortSignal;
  /** How long the cluster may be away before the job fails. */
  readonly patienceMs: number;
}

const maxExamples = 20;
const retryMs = 250;

/**
 * Scans all keys and changes those that match, batch by batch: the next keys are scanned while the previous ones are changed. Waits
 * for a cluster that is away, e.g. during a failover.
 * @throws the reason of `stop`; ExpectedFailure, Outage
 */
export async function runJob(run: JobRun): Promise<KeyJob> {
  const { change, isOwn, onProgress, stop } = run;
  const walk = createKeyWalk({
    match: run.job.match,
    type: run.job.type,
    includes: (name) => !isOwn(name),
  });
  const pacing = createJobPacing();
  let job = run.job;
  const update = (progress: Partial<KeyJob>): void => onProgress((job = { ...job, ...progress }));
  let batch: BulkChange | undefined;
  for (;;) {
    stop.throwIfAborted();
    const begun = performance.now();
    const scan = (commands: ValkeyCommands) => walk.next(commands, pacing.batchSize);
    const before = job;
    const walked = await runBatch(run, batch, scan, ({ changed, unconfirmed, failed, refusal }) =>
      update({
        changed: before.changed + changed,
        unconfirmed: before.unconfirmed + unconfirmed,
        failed: before.failed + failed,
        error: before.error ?? refusal?.message ?? null,
      }),
    );
    const changed = batch?.outcome ?? nothingChanged;
    const found = walked.names;
    update({ scanned: job.scanned + walked.scanned, matched: job.matched + found.length });
    const candidates = found.slice(0, maxExamples - job.examples.length);
    if (candidates.length > 0) {
      // Before the keys are changed, which may delete them.
      const examples = await untilDone(run, (commands) => typedKeys(commands, candidates));
      update({ examples: [...job.examples, ...examples] });
    }
    batch = change === undefined || found.length === 0 ? undefined : createBulkChange(found, change);
    if (!walked.node || (walked.isLast && !batch)) return job;
    const sent = changed.sent + walked.sent + candidates.length;
    const restMs = await pacing.measured(walked.node, performance.now() - begun, sent).catch(() => retryMs);
    if (restMs > 0) await pause(restMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
  }
}

/**
 * Changes the keys of the batch and scans the next ones, until both have succeeded. The commands of both leave in one write. `onChanged`
 * is called after each attempt of the change, also if it failed.
 */
function runBatch(
  run: JobRun,
  batch: BulkChange | undefined,
  scan: (commands: ValkeyCommands) => Promise<WalkedKeys>,
  onChanged: (outcome: BulkOutcome) => void,
): Promise<WalkedKeys> {
  const change = async (commands: ValkeyCommands): Promise<void> => {
    if (!batch) return;
    await batch.run(commands).finally(() => onChanged(batch.outcome));
  };
  let walked: WalkedKeys | undefined;
  return untilDone(run, async (commands) => {
    const [changing, walking] = await Promise.allSettled([change(commands), walked ?? scan(commands)]);
    // The part that succeeded is not repeated.
    if (walking.status === 'fulfilled') walked = walking.value;
    if (changing.status === 'rejected') throw asError(changing.reason);
    if (walking.status === 'rejected') throw asError(walking.reason);
    return walking.value;
  });
}

/**
 * Repeats the attempt until it succeeds, while the cluster is away.
 * @throws the reason of `stop`; ExpectedFailure; Outage after `patienceMs`
 */
async function untilDone<Result>(
  { connect, stop, patienceMs }: JobRun,
  attempt: (commands: ValkeyCommands) => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await attempt(await connect());
    } catch (error) {
      stop.throwIfAborted();
      const failure = expectedFailure(asError(error));
      const isPermanent = failure instanceof ExpectedFailure && !(failure instanceof AccessDenied);
      if (isPermanent || performance.now() >= deadline) throw failure;
    }
    await pause(retryMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
  }
}
