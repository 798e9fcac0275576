import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergePresence, presenceChange, type ProcessPresence } from '../../../src/domain/realtime/presence.js';

const channel = Buffer.from('room');
const record = fc.record({
  member: fc.constantFrom('a', 'b', 'c', 'd'),
  data: fc.constantFrom(null, 1, { x: 1 }),
  since: fc.date({ noInvalidDate: true }),
  renewed: fc.date({ noInvalidDate: true }),
  subscriptions: fc.integer({ min: 1, max: 3 }),
});
const processes: fc.Arbitrary<ProcessPresence[]> = fc.array(
  fc.record({ subscribers: fc.nat(9), members: fc.uniqueArray(record, { selector: ({ member }) => member }) }),
  { maxLength: 4 },
);

test('applying all changes yields the members, whatever the processes report', () => {
  fc.assert(
    fc.property(fc.array(processes, { minLength: 1 }), (steps) => {
      const known = new Map<string, unknown>();
      let state;
      for (const step of steps) {
        const next = mergePresence(channel, step);
        const change = presenceChange(state, next);
        for (const { member } of change?.left ?? []) expect(known.delete(member)).toBe(true);
        for (const { member, data } of change?.updated ?? []) {
          expect(known.has(member)).toBe(true);
          known.set(member, data);
        }
        for (const { member, data } of change?.joined ?? []) {
          expect(known.has(member)).toBe(false);
          known.set(member, data);
        }
        expect([...known].sort()).toEqual(next.members.map(({ member, data }) => [member, data]));
        state = next;
      }
    }),
  );
});

test('a name in several processes is one member, with the newest data', () => {
  const at = (second: number) => new Date(second * 1000);
  const merged = mergePresence(channel, [
    { subscribers: 3, members: [{ member: 'a', data: 1, since: at(1), renewed: at(9), subscriptions: 2 }] },
    { subscribers: 1, members: [{ member: 'a', data: 2, since: at(5), renewed: at(5), subscriptions: 1 }] },
  ]);
  expect(merged).toMatchObject({ subscribers: 4, members: [{ data: 1, since: at(1), subscriptions: 3 }] });
  expect(presenceChange(merged, merged)).toBeUndefined();
});
