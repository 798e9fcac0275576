import { describe, expect, it } from 'vitest';
import { createChannelRules, noChannelSettings } from '../../../src/domain/realtime/channel-rules.js';

const bytes = (text: string) => Buffer.from(text);

describe('The rules of a channel', () => {
  const rules = createChannelRules({
    ...noChannelSettings,
    history: [
      { cluster: 'Orders', pattern: 'chat.*', maxMessages: 5 },
      { pattern: 'chat.*', maxMessages: 7, maxAgeSeconds: 60 },
    ],
    presence: [{ pattern: '*' }],
  });

  it('are the first that match its cluster and name', () => {
    expect(rules.historyOf('orders', bytes('chat.a'))).toMatchObject({ maxMessages: 5 });
    expect(rules.historyOf('sessions', bytes('chat.a'))).toMatchObject({ maxMessages: 7, maxAgeSeconds: 60 });
    expect(rules.historyOf('orders', bytes('news'))).toBeUndefined();
    expect(rules.hasPresence('orders', Buffer.from([0xff, 0]))).toBe(true);
  });

  it('do not apply to channels that the API created for itself', () => {
    expect(rules.hasPresence('orders', bytes('cachegraph:history:{chat.a}'))).toBe(false);
  });

  it('reserve the channels of the events of keys that the API created for itself', () => {
    const own = ['cachegraph:', '__keyspace@0__:cachegraph:history:{a}', '__keyspace@15__:cachegraph:*'];
    const others = [
      '__keyspace@0__:cachegraph',
      '__keyevent@0__:cachegraph:x',
      '__keyspace@*:cachegraph:*',
      'x__:cachegraph:',
    ];
    expect(own.filter((name) => !rules.isOwn(bytes(name)))).toEqual([]);
    expect(others.filter((name) => rules.isOwn(bytes(name)))).toEqual([]);
    expect(rules.isOfOwnKey(bytes('__keyevent@0__:set'), bytes('cachegraph:x'))).toBe(true);
    expect(rules.isOfOwnKey(bytes('__keyevent@0__:set'), bytes('other'))).toBe(false);
    expect(rules.isOfOwnKey(bytes('__keyspace@0__:x'), bytes('cachegraph:x'))).toBe(false);
    expect(rules.isOfOwnKey(bytes('news'), bytes('cachegraph:x'))).toBe(false);
  });

  it('are off by default', () => {
    const none = createChannelRules(noChannelSettings);
    expect(none.historyOf('orders', bytes('chat.a'))).toBeUndefined();
    expect(none.hasPresence('orders', bytes('chat.a'))).toBe(false);
  });
});
