import { expect, it } from 'vitest';
import { createStateMachine } from '../../../../../src/datasources/realtime/shared/state-machine.js';

it('A state machine follows its table, and ignores events that are impossible in its state', () => {
  const door = createStateMachine<'open' | 'shut' | 'locked', 'shut' | 'open' | 'lock'>('open', {
    open: { shut: 'shut' },
    shut: { open: 'open', lock: 'locked' },
    locked: {},
  });
  expect(door.send('lock')).toBe(false);
  expect(door.is('open')).toBe(true);
  expect(door.send('shut')).toBe(true);
  expect(door.send('lock')).toBe(true);
  expect(door.send('open')).toBe(false);
  expect(door.is('locked')).toBe(true);
});
