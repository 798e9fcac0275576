import { describe, expect, it, vi } from 'vitest';
import type { Layout } from '../../../../src/local-elasticache/nodes/group/layout.js';
import { createLayoutWriter } from '../../../../src/local-elasticache/nodes/group/layout-writer.js';
import { createProgressRecord } from '../../../../src/local-elasticache/nodes/data/progress.js';
import type { Role } from '../../../../src/local-elasticache/nodes/role.js';

const [a, b, c] = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
const primary = (offset: number): Role => ({ role: 'primary', offset });
const replica = (offset: number): Role => ({ role: 'replica', of: 1, inSync: true, offset });
const syncing: Role = { role: 'replica', of: 1, inSync: false, offset: -1 };
const ids = (nodes: { id: string }[]) => nodes.map(({ id }) => id);

describe('the progress of the nodes of a shard', () => {
  it('ranks the node with most changes first, and one that was not observed last', () => {
    const record = createProgressRecord({}, ['a', 'b', 'c']);
    record.observe(
      new Map([
        [a, primary(100)],
        [c, replica(90)],
      ]),
      a,
    );
    expect(ids(record.rank([a, b, c]))).toEqual(['a', 'c', 'b']);
    record.observe(
      new Map([
        [a, primary(500)],
        [b, replica(500)],
        [c, syncing],
      ]),
      a,
    );
    expect(ids(record.rank([b, c]))).toEqual(['b', 'c']);
  });

  it('compares histories first, however many bytes an earlier one had', () => {
    const kept = {
      a: { history: 1, offset: 9_000 },
      b: { history: 1, offset: 9_000 },
      c: { history: 1, offset: 8_000 },
    };
    const record = createProgressRecord(kept, ['a', 'b', 'c']);
    expect(ids(record.rank([c, b]))).toEqual(['b', 'c']);
    record.observe(
      new Map([
        [a, primary(10)],
        [c, replica(10)],
      ]),
      a,
    );
    expect(ids(record.rank([b, c]))).toEqual(['c', 'b']);
    // The primary was restarted from its disk.
    record.observe(
      new Map([
        [a, primary(5)],
        [b, replica(5)],
      ]),
      a,
    );
    expect(ids(record.rank([c, b]))).toEqual(['b', 'c']);
  });

  it('is stored when a node falls behind or catches up, not when all advance together', () => {
    const record = createProgressRecord({}, ['a', 'b']);
    const look = (at: number, other: Role) =>
      record.observe(
        new Map([
          [a, primary(at)],
          [b, other],
        ]),
        a,
      );
    expect(look(100, replica(100))).toEqual({ a: { history: 1, offset: 100 }, b: { history: 1, offset: 100 } });
    expect(look(9_000, replica(8_990))).toBeUndefined();
    expect(look(20_000, syncing)).toEqual({
      a: { history: 1, offset: 20_000 },
      b: { history: 1, offset: 8_990, isBehind: true },
    });
    expect(look(29_000, syncing)).toBeUndefined();
    expect(look(30_000, replica(30_000))).toEqual({
      a: { history: 1, offset: 30_000 },
      b: { history: 1, offset: 30_000 },
    });
  });

  it('is stored at once when a node leaves, which then ranks last however few bytes it lacks', () => {
    const record = createProgressRecord({}, ['a', 'b', 'c']);
    const look = (at: number, other: Role) =>
      record.observe(
        new Map([
          [a, primary(at)],
          [b, other],
          [c, replica(at)],
        ]),
        a,
      );
    look(100, replica(100));
    // c advances with the primary within the tolerance: its stored offset is that of b.
    const kept = look(110, syncing)!;
    expect(kept['b']).toEqual({ history: 1, offset: 100, isBehind: true });
    expect(ids(createProgressRecord(kept, ['a', 'b', 'c']).rank([b, c]))).toEqual(['c', 'b']);
    const absent = new Map([[a, primary(120)]]);
    expect(record.observe(absent, a)).toMatchObject({ b: { isBehind: true }, c: { isBehind: true } });
  });

  it('is none for a node that started empty, until its files contain the copy', () => {
    const record = createProgressRecord({ b: { history: 3, offset: 900 } }, ['a', 'b']);
    const kept = record.startsEmpty('b');
    expect(createProgressRecord(kept, ['a', 'b']).isEmpty('b')).toBe(true);
    const roles = new Map([
      [a, primary(10)],
      [b, replica(10)],
    ]);
    const unwritten = new Set(['b']);
    record.observe(roles, a, unwritten);
    // Even if it becomes primary meanwhile.
    record.observe(new Map([[b, primary(20)]]), b, unwritten);
    expect(record.isEmpty('b')).toBe(true);
    expect(ids(record.rank([b, a]))).toEqual(['a', 'b']);
    expect(record.observe(roles, a)).toMatchObject({ b: { offset: 10 } });
    expect(record.isEmpty('b')).toBe(false);
  });
});

describe('the layout of a group', () => {
  it('that could not be written is written by the next call', async () => {
    const written: unknown[] = [];
    let isFull = true;
    const log = { error: vi.fn() };
    const write = (layout: Layout) => {
      if (isFull) return Promise.reject(new Error('ENOSPC'));
      written.push(layout.primaries);
      return Promise.resolve();
    };
    const writer = createLayoutWriter({ nodes: {}, primaries: { '0001': 'a' } }, write, log);
    await expect(writer.setPrimary('0001', 'b')).rejects.toThrow('ENOSPC');
    await writer.save(undefined);
    await writer.save(undefined);
    expect(log.error).toHaveBeenCalledTimes(1);
    isFull = false;
    await writer.save(undefined);
    await writer.save(undefined);
    expect(written).toEqual([{ '0001': 'b' }]);
  });
});
