import { invalidInput } from '../../../domain/errors.js';
import type { Encoding } from '../../../domain/encoding.js';
import type { KeyEventDelivery } from '../../../domain/realtime/key-watch.js';
import type { LiveSource } from '../../../runtime/live-source.js';
import { requirePermission, type PermissionContext } from '../../shared/access.js';
import { readMatch } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { everyKey } from '../keys.js';

export interface KeyEventsArgs {
  readonly cluster: string;
  readonly match?: string | null | undefined;
  readonly events?: readonly string[] | null | undefined;
  readonly encoding: Encoding;
  readonly announce: boolean;
}

/** More than Valkey has. */
const mostEvents = 100;

/** Names of events: Valkey's own, such as `xgroup-create`, and those of modules, such as `json.set`. */
const eventName = /^[a-z][a-z0-9_.:-]{0,63}$/;

/**
 * Keyspace notifications of the keys of one cluster.
 * @throws ExpectedFailure INVALID_INPUT for a pattern that is too long or not valid in the encoding, and for no, too many or
 * impossible names of events; Outage FORBIDDEN
 */
export function keyEvents(
  context: PermissionContext & Pick<Context, 'patterns' | 'heldPatterns' | 'client'>,
  { cluster, match, events, encoding, announce }: KeyEventsArgs,
): LiveSource<KeyEventDelivery> {
  const keyPattern = readMatch(context, { match, encoding }) ?? everyKey;
  const names = events == null ? undefined : eventNames(events);
  requirePermission(context, 'keys:read', { cluster, keyPattern });
  return context.realtime.keyEvents({
    cluster,
    match: keyPattern,
    events: names,
    announce,
    holdPatterns: (pattern) => context.heldPatterns.hold(context.client, cluster, [pattern]),
  });
}

function eventNames(events: readonly string[]): readonly string[] {
  if (events.length < 1 || events.length > mostEvents) {
    throw invalidInput(`Expected 1 to ${mostEvents} names of events, got ${events.length}.`, ['events']);
  }
  events.forEach((name, index) => {
    if (eventName.test(name)) return;
    throw invalidInput('Expected the name of an event in lower case, such as "set" or "expired".', [
      'events',
      String(index),
    ]);
  });
  return events;
}
