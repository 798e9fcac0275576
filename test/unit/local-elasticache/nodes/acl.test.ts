import { describe, expect, it } from 'vitest';
import { userChanges } from '../../../../src/local-elasticache/nodes/acl.js';

const alice = { name: 'alice', rules: ['on', '~*'] };
const bob = { name: 'bob', rules: ['on', '~*'] };

describe('the user changes of a node', () => {
  it('are all users at first', () => {
    expect(userChanges([], [alice, bob])).toEqual({ set: [alice, bob], remove: [] });
  });

  it('are only the changed users later', () => {
    const changed = { ...bob, rules: ['off'] };
    expect(userChanges([alice, bob], [alice, changed])).toEqual({ set: [changed], remove: [] });
    expect(userChanges([alice, bob], [bob])).toEqual({ set: [], remove: ['alice'] });
    expect(userChanges([alice, bob], [alice, bob])).toEqual({ set: [], remove: [] });
  });
});
