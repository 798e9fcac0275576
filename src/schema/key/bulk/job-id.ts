import { invalidInput } from '../../../domain/errors.js';
import { jobIdOf, type JobId } from '../../../resolvers/key/bulk/key-job.js';
import { decodeGlobalID } from '../../shared/global-id.js';

/** The job of a global ID. @throws ExpectedFailure INVALID_INPUT at `path` */
export function jobIdIn(globalId: string, path: readonly string[]): JobId {
  const { typename, id } = decodeGlobalID(globalId, path);
  const job = typename === 'KeyJob' ? jobIdOf(id) : undefined;
  if (job) return job;
  throw invalidInput('Expected the `id` of a KeyJob, got that of another object.', path);
}
