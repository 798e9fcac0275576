import { setTimeout as pause } from 'node:timers/promises';
import { ExpectedFailure } from '../../domain/errors.js';
import type { KeyJob } from '../../domain/key/key-job.js';
import { asError } from '../../runtime/errors.js';
import type { ValkeyCommands } from '../valkey/interfaces.js';
import { AccessDenied } from '../valkey/connections/nodes/connection-errors.js';
import { expectedFailure } from '../valkey/values/expected-failure.js';
import { changeKeys, type BulkOutcome, type KeyChange } from '../valkey/values/keys/bulk-change.js';
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
  const onChanged = ({ changed, failed, refusal }: BulkOutcome): void =>
    update({
      changed: job.changed + changed,
      failed: job.failed + failed,
      error: job.error ?? refusal?.message ?? null,
    });
  let names: readonly Buffer[] = [];
  for (;;) {
    stop.throwIfAborted();
    const begun = performance.now();
    const scan = (commands: ValkeyCommands) => walk.next(commands, pacing.batchSize);
    const [outcome, walked] = await runBatch(run, names, scan, onChanged);
    const found = walked.names;
    update({ scanned: job.scanned + walked.scanned, matched: job.matched + found.length });
    const candidates = found.slice(0, maxExamples - job.examples.length);
    if (candidates.length > 0) {
      // Before the keys are changed, which may delete them.
      const examples = await untilDone(run, (commands) => typedKeys(commands, candidates));
      update({ examples: [...job.examples, ...examples] });
    }
    names = change === undefined ? [] : found;
    if (!walked.node || (walked.isLast && names.length === 0)) return job;
    const restMs = await pacing.measured(walked.node, performance.now() - begun, outcome.sent + 1).catch(() => retryMs);
    if (restMs > 0) await pause(restMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
  }
}

const unchanged: BulkOutcome = { changed: 0, failed: 0, refusal: undefined, sent: 0 };

/**
 * Changes the keys and scans the next ones, until both have succeeded. The commands of both leave in one write. `onChanged` is called
 * once, as soon as the keys are changed.
 */
function runBatch(
  run: JobRun,
  names: readonly Buffer[],
  scan: (commands: ValkeyCommands) => Promise<WalkedKeys>,
  onChanged: (outcome: BulkOutcome) => void,
): Promise<[BulkOutcome, WalkedKeys]> {
  const { change } = run;
  let outcome = names.length > 0 && change !== undefined ? undefined : unchanged;
  const changeNames = async (commands: ValkeyCommands): Promise<BulkOutcome> => {
    if (change === undefined) return unchanged;
    const changed = await changeKeys(commands, names, change);
    onChanged(changed);
    return changed;
  };
  let walked: WalkedKeys | undefined;
  return untilDone(run, async (commands) => {
    let failure: unknown;
    const failed = (error: unknown): undefined => {
      failure ??= error;
      return undefined;
    };
    // The part that succeeded is not repeated.
    [outcome, walked] = await Promise.all([
      outcome ?? changeNames(commands).catch(failed),
      walked ?? scan(commands).catch(failed),
    ]);
    if (outcome && walked) return [outcome, walked];
    throw asError(failure);
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
