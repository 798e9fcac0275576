import { expect, test, vi } from 'vitest';
import type { StreamState } from '../../../src/datasources/realtime/stream-head.js';
import { createStreamLosses } from '../../../src/datasources/realtime/stream-losses.js';

const entry = (id: string) => ({ id, fields: [] });
const stateAt = (lastGeneratedId: string): StreamState => ({
  lastGeneratedId,
  firstEntryId: '1-1',
  maxDeletedId: '0-0',
  length: 1,
  added: 1,
});

test('A stream is not taken for another one because a reading overtakes the question where it ends', async () => {
  const answers: ((state: StreamState) => void)[] = [];
  const restarted = vi.fn();
  const losses = createStreamLosses(() => new Promise((resolve) => answers.push(resolve)), restarted);
  const slow = losses.after({ position: '0-0', entries: [entry('1-1')], stands: false, complete: true });
  void losses.after({ position: '1-1', entries: [entry('1-2')], stands: true, complete: true });
  answers[0]!(stateAt('1-1'));
  expect(await slow).toBeUndefined();
  expect(restarted).not.toHaveBeenCalled();

  const lower = losses.after({ position: '1-2', entries: [], stands: false, complete: true });
  answers[2]!(stateAt('1-1'));
  await lower;
  expect(restarted).toHaveBeenCalledOnce();
});
