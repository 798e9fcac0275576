import calculateSlot from 'cluster-key-slot';

/** The keys in which the history and presence of channels are stored. */
export interface ChannelKeys {
  /** A stream in the hash slot of the channel, because a script may publish to a sharded channel only from its slot. */
  history(channel: Buffer, sharded: boolean): Buffer;
  /** A set of processes. The keys of `presenceOf` are in the same hash slot. */
  presence(channel: Buffer, sharded: boolean): Buffer;
  presenceOf(presence: Buffer, process: string): Buffer;
}

/** The prefix must not contain braces. Different channels have different keys. */
export function createChannelKeys(prefix: string): ChannelKeys {
  const key = (noun: string, channel: Buffer, sharded: boolean): Buffer =>
    Buffer.concat([Buffer.from(`${prefix}${sharded ? 'sharded-' : ''}${noun}:`), tagged(channel)]);
  return {
    history: (channel, sharded) => key('history', channel, sharded),
    presence: (channel, sharded) => key('presence', channel, sharded),
    presenceOf: (presence, process) => Buffer.concat([presence, Buffer.from(`:${process}`)]),
  };
}

/** The pattern of such keys in an ACL. It does not contain the channel, which is the caller's input. */
export function patternOfKeys(key: Buffer): string {
  return `${key.toString('utf8', 0, key.indexOf('{'))}*`;
}

/** The channel as a hash tag. A channel with a brace is written in hexadecimal, after a hash tag with a number of the same slot. */
function tagged(channel: Buffer): Buffer {
  if (channel.length > 0 && !channel.includes('{') && !channel.includes('}')) {
    return Buffer.concat([Buffer.from('{'), channel, Buffer.from('}')]);
  }
  return Buffer.from(`{${numberInSlot(calculateSlot(channel))}}~${channel.toString('hex')}`);
}

/** Takes about 16,384 attempts and a few milliseconds. Such names are rare. */
function numberInSlot(slot: number): number {
  for (let number = 0; ; number += 1) if (calculateSlot(String(number)) === slot) return number;
}
