import calculateSlot from 'cluster-key-slot';

/** The keys in which something of a channel is kept. */
export interface ChannelKeys {
  /** A stream, in the hash slot of the channel: a script may publish to a sharded channel only from there. */
  history(channel: Buffer, sharded: boolean): Buffer;
  /** A set of processes; what `presenceOf` names is in the same hash slot. */
  presence(channel: Buffer, sharded: boolean): Buffer;
  presenceOf(presence: Buffer, process: string): Buffer;
}

/** Keys under a prefix without braces. Any two channels have different ones. */
export function createChannelKeys(prefix: string): ChannelKeys {
  const key = (noun: string, channel: Buffer, sharded: boolean): Buffer =>
    Buffer.concat([Buffer.from(`${prefix}${sharded ? 'sharded-' : ''}${noun}:`), tagged(channel)]);
  return {
    history: (channel, sharded) => key('history', channel, sharded),
    presence: (channel, sharded) => key('presence', channel, sharded),
    presenceOf: (presence, process) => Buffer.concat([presence, Buffer.from(`:${process}`)]),
  };
}

/** The pattern of such keys, as an ACL has it. It does not repeat the channel, which is the caller's. */
export function patternOfKeys(key: Buffer): string {
  return `${key.toString('utf8', 0, key.indexOf('{'))}*`;
}

/** The channel as a hash tag. One with a brace of its own is written in hexadecimal, behind a number of the same slot. */
function tagged(channel: Buffer): Buffer {
  if (channel.length > 0 && !channel.includes('{') && !channel.includes('}')) {
    return Buffer.concat([Buffer.from('{'), channel, Buffer.from('}')]);
  }
  return Buffer.from(`{${numberInSlot(calculateSlot(channel))}}~${channel.toString('hex')}`);
}

/** About 16,384 tries, some milliseconds; such names are rare. */
function numberInSlot(slot: number): number {
  for (let number = 0; ; number += 1) if (calculateSlot(String(number)) === slot) return number;
}
