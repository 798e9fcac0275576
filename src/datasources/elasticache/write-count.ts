import { ExpectedFailure } from '../../domain/errors.js';
import { createListeners } from '../../runtime/listeners.js';
import type { ElastiCacheCalls } from './calls.js';
import type { ControlPlane } from './interfaces.js';

/** Counts and reports the writes that were executed or may have been. Refused writes changed nothing. */
export function countWrites(
  calls: ElastiCacheCalls,
): { calls: ElastiCacheCalls } & Pick<ControlPlane, 'revision' | 'onWrite'> {
  const listeners = createListeners();
  let revision = 0;
  const wrote = (): void => {
    revision += 1;
    listeners.notify();
  };
  return {
    calls: {
      ...calls,
      async write(operation, call, secrets) {
        try {
          const output = await calls.write(operation, call, secrets);
          wrote();
          return output;
        } catch (error) {
          if (!(error instanceof ExpectedFailure)) wrote();
          throw error;
        }
      },
    },
    revision: () => revision,
    onWrite: listeners.add,
  };
}
