import { beginsWith } from '../../runtime/begins-with.js';
import { canMatchWithin } from '../../runtime/glob.js';

/**
 * The channels of keyspace notifications. A node sends these messages to its own clients only; a cluster does not
 * forward them to other nodes (Valkey's documentation, "Keyspace notifications: Events in a cluster").
 */
const [keyspace, keyevent] = [Buffer.from('__keyspace@'), Buffer.from('__keyevent@')];
const prefixes = [keyspace, keyevent];

/** The channel of the events of keys in a database, up to the key's name. */
export function keyspacePrefix(database: number): string {
  return `__keyspace@${database}__:`;
}

export function isKeyEventChannel(channel: Buffer): boolean {
  return prefixes.some((prefix) => beginsWith(channel, prefix));
}

/** Tests whether the pattern can match the channel of a key event. */
export function canMatchKeyEvents(pattern: Buffer): boolean {
  return prefixes.some((prefix) => canMatchWithin(pattern, prefix));
}

/** The pattern of the channels of all keys that `match` matches. Their messages are the names of events. */
export function keyEventPattern(match: Buffer, database: number): Buffer {
  return Buffer.concat([Buffer.from(keyspacePrefix(database)), match]);
}

/** The key of an event, from the channel `__keyspace@…__:KEY` on which it was sent; undefined if this is no such channel. */
export function keyOfEventChannel(channel: Buffer): Buffer | undefined {
  if (!beginsWith(channel, keyspace)) return undefined;
  const end = channel.indexOf('__:');
  return end < 0 ? undefined : channel.subarray(end + '__:'.length);
}

/** Tests whether the messages of a channel are the names of keys: `__keyevent@…__:EVENT`. */
export function namesKeys(channel: Buffer): boolean {
  return beginsWith(channel, keyevent);
}
