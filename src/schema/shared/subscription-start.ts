import type { SubscriptionStart } from '../../domain/realtime/subscription-start.js';
import { builder } from '../builder.js';
import { guardedByParent } from './scopes.js';
import { callerIndependent } from './caller-independent-fields.js';

/** The start of a subscription to a channel, a stream, a consumer group, a key or events, sent if `announce` is true. */
export const SubscriptionStartRef = builder.objectRef<SubscriptionStart>('SubscriptionStart').implement({
  extensions: {
    ...callerIndependent,
    ...guardedByParent('channels:read', 'streams:read', 'keys:read', 'clusters:read', 'users:read'),
  },
  description:
    'The start of a subscription: Valkey or ElastiCache has confirmed it, and everything published from now on is delivered or reported by a gap.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', nullable: false, description: 'When the subscription was confirmed.' }),
    cursor: t.expose('cursor', {
      type: 'StreamId',
      nullable: true,
      description: 'The position after which entries are delivered; null if the source has no positions.',
    }),
  }),
});
