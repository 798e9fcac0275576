import { expect, test } from 'vitest';
import type { StreamState } from '../../../../../src/datasources/valkey/values/streams/stream-state.js';
import { createTrimDetection } from '../../../../../src/datasources/realtime/streams/trim-detection.js';

const entry = (id: string) => ({ id, fields: [] });
const stateAt = (lastGeneratedId: string, added: number): StreamState => ({
  lastGeneratedId,
  firstEntryId: '1-1',
  maxDeletedId: '0-0',
  length: 1,
  added,
});
const empty = { entries: [], exists: false, complete: true, isDoubtful: false };

test('A position above the last ID, or in a deleted stream, causes a gap and a read from the start', async () => {
  const losses = createTrimDetection();
  const back = { gap: { reason: 'TRIMMED', missed: null }, lastId: '0-0' };
  const after = (position: string, state: StreamState | null | undefined) =>
    losses.after({ ...empty, position }, () => Promise.resolve(state));
  expect(await after('100-1', stateAt('2-1', 1))).toEqual(back);
  expect(await after('100-1', null)).toEqual(back);
  for (const [position, state] of [
    ['2-1', stateAt('2-1', 1)],
    ['0-0', null],
    ['100-1', undefined],
  ] as const) {
    expect(await after(position, state)).toBeUndefined();
  }
});

test('Counts of a former stream are not used for the recreated one', async () => {
  const losses = createTrimDetection();
  const first = { position: '0-0', entries: [entry('1-1')], exists: false, complete: true, isDoubtful: false };
  await losses.after(first, () => Promise.resolve(stateAt('1-1', 1)));
  const overtaken = await losses.after({ ...empty, position: '1-1', entries: [entry('9-1')] }, () => {
    losses.clear();
    return Promise.resolve(stateAt('9-1', 50));
  });
  expect(overtaken).toBeUndefined();
});
