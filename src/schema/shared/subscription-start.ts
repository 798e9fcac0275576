import type { SubscriptionStart } from '../../domain/realtime/subscription-start.js';
import { builder } from '../builder.js';
import { guardedByParent } from './scopes.js';
import { callerIndependent } from './caller-independent-fields.js';

/** The start of a subscription to a channel, a stream or a consumer group, as `announce` asks for it. */
export const SubscriptionStartRef = builder.objectRef<SubscriptionStart>('SubscriptionStart').implement({
  extensions: { ...callerIndependent, ...guardedByParent('channels:read', 'streams:read') },
  description:
    'The subscription has begun: the upstream subscription is confirmed, and everything published from now on arrives.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', nullable: false, description: 'When it was confirmed.' }),
    cursor: t.expose('cursor', {
      type: 'StreamId',
      nullable: true,
      description: 'The position after which entries are delivered; null if the source has no positions.',
    }),
  }),
});
