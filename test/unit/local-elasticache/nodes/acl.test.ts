import { describe, expect, it } from 'vitest';
import { userChanges } from '../../../../src/local-elasticache/nodes/acl.js';

const alice = { name: 'alice', rules: ['on', '~*'] };
const bob = { name: 'bob', rules: ['on', '~*'] };

describe('what a node is told of its users', () => {
  it('is all of them at first', () => {
    expect(userChanges([], [alice, bob])).toEqual({ set: [alice, bob], remove: [] });
  });

  it('is only what changed later', () => {
    const changed = { ...bob, rules: ['off'] };
    expect(userChanges([alice, bob], [alice, changed])).toEqual({ set: [changed], remove: [] });
    expect(userChanges([alice, bob], [bob])).toEqual({ set: [], remove: ['alice'] });
    expect(userChanges([alice, bob], [alice, bob])).toEqual({ set: [], remove: [] });
  });
});
