import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createHistoryCursorMatcher } from '../../../../../src/datasources/realtime/channels/history-cursor-matcher.js';

const bytes = (text: string) => Buffer.from(text);
const announcement = (id: string, payload: string) =>
  bytes(`${id} ${createHash('sha1').update(payload).digest('hex')}`);

describe('The cursors of messages', () => {
  it('are assigned to the announced messages, even with other messages in between', () => {
    const cursors = createHistoryCursorMatcher();
    expect(cursors.take(bytes('a'))).toBeUndefined();
    cursors.announced(announcement('1-1', 'a'));
    expect(cursors.take(bytes('b'))).toBeUndefined();
    cursors.announced(announcement('1-2', 'a'));
    expect([1, 2, 3].map(() => cursors.take(bytes('a')))).toEqual(['1-1', '1-2', undefined]);
  });

  it('are not assigned from a lost message or from a text that is not an announcement', () => {
    const cursors = createHistoryCursorMatcher();
    for (const text of ['', 'x', '1-x abc', '$ abc']) cursors.announced(bytes(text));
    cursors.announced(announcement('1-1', 'lost'));
    cursors.announced(announcement('1-2', 'b'));
    expect(cursors.take(bytes('b'))).toBe('1-2');
    expect(cursors.take(bytes('lost'))).toBeUndefined();
    cursors.announced(announcement('1-3', 'c'));
    cursors.clear();
    expect(cursors.take(bytes('c'))).toBeUndefined();
  });
});
