import type { KeyType } from './key.js';

/** A change of all keys that match a pattern, carried out by one process in the background. */
export interface KeyJob {
  readonly id: string;
  /** In lower case. */
  readonly cluster: string;
  readonly action: KeyJobAction;
  readonly match: Buffer;
  readonly type: KeyType | undefined;
  /** Whether the job only counts. */
  readonly dryRun: boolean;
  readonly status: JobStatus;
  /** About how many keys were scanned. */
  readonly scanned: number;
  readonly matched: number;
  readonly changed: number;
  /** Keys whose reply was lost: the job, or another client, may have changed them. */
  readonly unconfirmed: number;
  /** Keys that Valkey refused to change. */
  readonly failed: number;
  /** The number of keys of the cluster when the job started; null if Valkey did not report it. */
  readonly estimatedTotal: number | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly error: string | null;
  /** The first keys that matched. */
  readonly examples: readonly JobExample[];
}

/** A key that matched, as it was when it was found. */
interface JobExample {
  readonly name: Buffer;
  /** The type's name as the TYPE command reports it. */
  readonly typeName: string;
}

export const keyJobActions = ['DELETE', 'EXPIRE', 'PERSIST'] as const;
export type KeyJobAction = (typeof keyJobActions)[number];

export const jobStatuses = ['RUNNING', 'CANCELLED', 'SUCCEEDED', 'FAILED'] as const;
export type JobStatus = (typeof jobStatuses)[number];
