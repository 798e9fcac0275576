import { describe, expect, it } from 'vitest';
import { createSharedParts } from '../../../../../src/datasources/realtime/shared/shared-parts.js';

interface Request {
  readonly cluster: string;
  readonly name: string;
}

const setUp = () => {
  const failed: string[] = [];
  const parts = createSharedParts(
    ({ cluster, name }: Request) => `${cluster} ${name}`,
    ({ cluster, name }, ended) => ({
      ended,
      fail: (reason: Error) => failed.push(`${cluster} ${name}: ${reason.message}`),
    }),
  );
  return { failed, parts };
};
const [one, two] = [
  { cluster: 'orders', name: 'a' },
  { cluster: 'carts', name: 'a' },
];

describe('Shared parts', () => {
  it('are created by the first request with their key, and shared by the others', () => {
    const { parts } = setUp();
    expect(parts.existing(one)).toBeUndefined();
    const part = parts.of(one);
    expect(parts.of({ ...one })).toBe(part);
    expect(parts.existing(one)).toBe(part);
    expect(parts.of(two)).not.toBe(part);
    expect(parts.all()).toHaveLength(2);
  });

  it('are created again after they have ended, and never remove their successor', () => {
    const { parts } = setUp();
    const former = parts.of(one);
    former.ended();
    const successor = parts.of(one);
    expect(successor).not.toBe(former);
    former.ended();
    expect(parts.of(one)).toBe(successor);
  });

  it('fail together, or those of one cluster alone', () => {
    const { parts, failed } = setUp();
    parts.of(one);
    parts.of(two);
    parts.fail(new Error('removed'), 'orders');
    expect(failed).toEqual(['orders a: removed']);
    parts.fail(new Error('closed'));
    expect(failed.slice(1)).toEqual(['orders a: closed', 'carts a: closed']);
  });
});
