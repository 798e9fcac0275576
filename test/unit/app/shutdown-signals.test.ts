import { expect, test, vi } from 'vitest';
import { closeAll } from '../../../src/app/shutdown-signals.js';
import { testLog } from '../../helpers/run/test-log.js';

test('everything is closed, last started first, even if one component fails', async () => {
  const closed: string[] = [];
  const component = (name: string, failure?: Error): AsyncDisposable => ({
    [Symbol.asyncDispose]() {
      closed.push(name);
      return failure ? Promise.reject(failure) : Promise.resolve();
    },
  });
  const log = testLog();
  const error = vi.spyOn(log, 'error');
  const failure = new Error('cannot close');
  await closeAll([component('first'), component('second', failure), component('third')], log);
  expect(closed).toEqual(['third', 'second', 'first']);
  expect(error).toHaveBeenCalledExactlyOnceWith({ err: failure }, 'closing a component failed');
});
