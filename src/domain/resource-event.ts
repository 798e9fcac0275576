import type { Gap } from './realtime/delivery.js';
import type { SubscriptionStart } from './realtime/subscription-start.js';

export type ResourceKind =
  | 'CLUSTER'
  | 'NODE'
  | 'USER'
  | 'USER_GROUP'
  | 'PARAMETER_GROUP'
  | 'SUBNET_GROUP'
  | 'SNAPSHOT'
  | 'SERVERLESS_CACHE'
  | 'OTHER';

/** An event that ElastiCache has recorded. ElastiCache gives events no ID. */
export interface ResourceEvent {
  readonly source: ResourceKind;
  readonly sourceName: string;
  /** The cluster of a NODE, lowercase. Undefined for other kinds. */
  readonly clusterName?: string | undefined;
  readonly message: string;
  readonly at: Date;
  /** 0 for the first of several events with the same source, message and time. */
  readonly occurrence: number;
}

/** New events, in the order of their times. Without events if it only reports a gap or the start. */
export interface ResourceEventDelivery {
  readonly events: readonly ResourceEvent[];
  readonly gap: Gap | null;
  /** In the first delivery, if the subscriber requested it. */
  readonly started?: SubscriptionStart | undefined;
}

/** Equal for two reads of the same event: its source, message, time and occurrence identify it. */
export function eventKey({ source, sourceName, message, at, occurrence }: ResourceEvent): string {
  return [at.getTime(), source, sourceName, occurrence, message].join(' ');
}

/** Numbers the occurrences in a list of all events of some time, which may contain equal ones. */
export function numberOccurrences(events: readonly Omit<ResourceEvent, 'occurrence'>[]): ResourceEvent[] {
  const counts = new Map<string, number>();
  return events.map((event) => {
    const key = eventKey({ ...event, occurrence: 0 });
    const occurrence = counts.get(key) ?? 0;
    counts.set(key, occurrence + 1);
    return { ...event, occurrence };
  });
}

/** Orders by time, and equal times always in the same way. */
export function compareEvents(one: ResourceEvent, other: ResourceEvent): number {
  const byTime = one.at.getTime() - other.at.getTime();
  if (byTime !== 0) return byTime;
  const [key, otherKey] = [eventKey(one), eventKey(other)];
  if (key === otherKey) return 0;
  return key < otherKey ? -1 : 1;
}

/** ElastiCache keeps events for 14 days and refuses an earlier start; a minute less allows for clock skew. */
export const eventsKeptMs = 14 * 24 * 60 * 60_000 - 60_000;
