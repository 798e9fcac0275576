import type { Expiry } from '../../domain/key/expiry.js';
import type { KeyJob, KeyJobAction } from '../../domain/key/key-job.js';
import type { KeyType } from '../../domain/key/key.js';
import type { LiveSource } from '../../runtime/live-source.js';
import type { StoredJob } from './job-store.js';

/** Jobs on the keys of clusters. Each runs in the process that started it; all processes see it. */
export interface KeyJobs extends AsyncDisposable {
  /**
   * Starts a job, and resolves when it is recorded.
   * @throws ExpectedFailure QUOTA_EXCEEDED if too many jobs run in the cluster, PERMISSION_DENIED, OUT_OF_MEMORY, NOT_CONNECTED,
   * NOT_FOUND; Outage
   */
  start(request: JobRequest): Promise<KeyJob>;
  /** Null if there is no such job, or none any more. @throws ExpectedFailure, Outage */
  read(cluster: string, id: string): Promise<KeyJob | null>;
  /** The jobs of a cluster that were started within about a day, the newest first. Some may no longer exist. */
  list(cluster: string): Promise<readonly StoredJob[]>;
  /** Ends a job, which may run in another process, and resolves to its state after some seconds at most; null if there is none. */
  cancel(cluster: string, id: string): Promise<KeyJob | null>;
  /** The current state, then each change, until the job has ended. Fails with NOT_FOUND if the job does not exist. */
  progress(cluster: string, id: string): LiveSource<KeyJob>;
  /** Ends all jobs of this process as FAILED. */
  close(): Promise<void>;
}

export interface JobRequest {
  readonly cluster: string;
  readonly action: KeyJobAction;
  readonly match: Buffer;
  readonly type: KeyType | undefined;
  /** Required for the action EXPIRE. */
  readonly expiry: Expiry | undefined;
  readonly dryRun: boolean;
  /** Whether the caller still has the permission. The job ends when it has not. */
  readonly isAllowed: () => boolean;
}
