import { count, defaultsOf, type Limits } from '../../runtime/limit.js';

/** Limits of work on all keys that match a pattern. */
export const bulkLimits = {
  maxJobsPerCluster: count(
    2,
    'jobs of `startKeyJob` that run in one cluster at once, in all processes together; one more is QUOTA_EXCEEDED',
    { max: 100 },
  ),
  maxExports: count(4, 'exports that one process sends at once; one more receives 429', { max: 1_000 }),
};

export type BulkLimits = Limits<typeof bulkLimits>;

export const defaultBulkLimits = defaultsOf(bulkLimits);
