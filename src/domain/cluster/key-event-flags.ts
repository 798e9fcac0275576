/** The parameter of Valkey that decides which changes of keys a node reports. */
export const keyEventsParameter = 'notify-keyspace-events';

/**
 * Whether a node with this value of `notify-keyspace-events` reports changes of keys: it needs a kind of channel (K, E) and a class of
 * events. https://valkey.io/topics/notifications/
 */
export function reportsKeyEvents(flags: string): boolean {
  return /[KE]/.test(flags) && /[^KE]/.test(flags);
}
