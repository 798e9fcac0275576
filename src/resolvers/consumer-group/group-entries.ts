import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import type { AckMode, GroupDelivery } from '../../domain/realtime/delivery.js';
import { invalidInput } from '../../domain/errors.js';
import type { LiveSource } from '../../runtime/live-source.js';
import { requirePermission, type PermissionContext } from '../shared/access.js';

export interface GroupEntriesArgs {
  readonly cluster: string;
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
  readonly encoding: Encoding;
  readonly ack: AckMode;
  readonly maxInFlight: number;
  readonly claimIdleSeconds: number;
  readonly maxDeliveries?: number | null | undefined;
  readonly deadLetterStream?: string | null | undefined;
  readonly announce: boolean;
}

const highestMaxInFlight = 10_000;
const claimIdle = { shortest: 0.1, longest: 24 * 60 * 60 };

/**
 * The entries that a consumer group delivers to one consumer.
 * @throws ExpectedFailure INVALID_INPUT if a number is out of range or only one of the dead-letter arguments is given; Outage FORBIDDEN
 */
export function groupEntries(context: PermissionContext, args: GroupEntriesArgs): LiveSource<GroupDelivery> {
  const { cluster, ack, maxInFlight, claimIdleSeconds } = args;
  if (maxInFlight < 1 || maxInFlight > highestMaxInFlight) {
    throw invalidInput(`Expected 1 to ${highestMaxInFlight} entries in flight, got ${maxInFlight}.`, ['maxInFlight']);
  }
  if (claimIdleSeconds < claimIdle.shortest || claimIdleSeconds > claimIdle.longest) {
    const bounds = `${claimIdle.shortest} to ${claimIdle.longest}`;
    throw invalidInput(`Expected ${bounds} seconds, got ${claimIdleSeconds}.`, ['claimIdleSeconds']);
  }
  const bytes = (name: 'stream' | 'group' | 'consumer'): Buffer => decodeBytes(args[name], args.encoding, [name]);
  const [stream, group, dead] = [bytes('stream'), bytes('group'), deadLetters(args, bytes('stream'))];
  requirePermission(context, 'groups:write', { cluster, key: stream, group });
  requirePermission(context, 'streams:read', { cluster, key: stream });
  if (dead) requirePermission(context, 'streams:write', { cluster, key: dead.stream });
  return context.realtime.groupEntries({
    cluster,
    stream,
    group,
    consumer: bytes('consumer'),
    ack,
    maxInFlight,
    claimIdleMs: Math.round(claimIdleSeconds * 1000),
    deadLetters: dead,
    announce: args.announce,
  });
}

function deadLetters(
  { maxDeliveries, deadLetterStream, encoding }: GroupEntriesArgs,
  stream: Buffer,
): { stream: Buffer; maxDeliveries: number } | undefined {
  if (maxDeliveries == null && deadLetterStream == null) return undefined;
  if (maxDeliveries == null)
    throw invalidInput('Expected `maxDeliveries` together with `deadLetterStream`, got none.', ['maxDeliveries']);
  if (deadLetterStream == null)
    throw invalidInput('Expected `deadLetterStream` together with `maxDeliveries`, got none.', ['deadLetterStream']);
  if (maxDeliveries < 1) throw invalidInput(`Expected at least 1, got ${maxDeliveries}.`, ['maxDeliveries']);
  const name = decodeBytes(deadLetterStream, encoding, ['deadLetterStream']);
  if (name.equals(stream))
    throw invalidInput('Expected another stream than the one that is read.', ['deadLetterStream']);
  return { stream: name, maxDeliveries };
}
