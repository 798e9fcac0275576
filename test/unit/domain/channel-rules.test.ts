import { describe, expect, it } from 'vitest';
import { createChannelRules, noChannelSettings } from '../../../src/domain/realtime/channel-rules.js';

const bytes = (text: string) => Buffer.from(text);

describe('What is kept of a channel', () => {
  const rules = createChannelRules({
    ...noChannelSettings,
    history: [
      { cluster: 'Orders', pattern: 'chat.*', maxMessages: 5 },
      { pattern: 'chat.*', maxMessages: 7, maxAgeSeconds: 60 },
    ],
    presence: [{ pattern: '*' }],
  });

  it('follows the first rule that covers its cluster and name', () => {
    expect(rules.historyOf('orders', bytes('chat.a'))).toMatchObject({ maxMessages: 5 });
    expect(rules.historyOf('sessions', bytes('chat.a'))).toMatchObject({ maxMessages: 7, maxAgeSeconds: 60 });
    expect(rules.historyOf('orders', bytes('news'))).toBeUndefined();
    expect(rules.hasPresence('orders', Buffer.from([0xff, 0]))).toBe(true);
  });

  it('is nothing for channels that this API has made for itself', () => {
    expect(rules.hasPresence('orders', bytes('cachegraph:history:{chat.a}'))).toBe(false);
  });

  it('is nothing unless it was asked for', () => {
    const none = createChannelRules(noChannelSettings);
    expect(none.historyOf('orders', bytes('chat.a'))).toBeUndefined();
    expect(none.hasPresence('orders', bytes('chat.a'))).toBe(false);
  });
});
