import { canMatchWithin } from '../../runtime/glob.js';

/**
 * The channels of keyspace notifications. A node sends these messages to its own clients only: in a cluster they are not
 * forwarded to the other nodes (Valkey's documentation, "Keyspace notifications: Events in a cluster").
 */
const prefixes = ['__keyspace@', '__keyevent@'].map((prefix) => Buffer.from(prefix));

export function isKeyEventChannel(channel: Buffer): boolean {
  return prefixes.some((prefix) => prefix.equals(channel.subarray(0, prefix.length)));
}

/** Whether the pattern matches the channel of any key event. */
export function canMatchKeyEvents(pattern: Buffer): boolean {
  return prefixes.some((prefix) => canMatchWithin(pattern, prefix));
}
