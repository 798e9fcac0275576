import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import { invalidInput } from '../../domain/errors.js';
import { isExact } from '../../runtime/exact-number.js';
import type { LiveSource } from '../../runtime/live-source.js';
import type { ChannelPresence, PresenceChange, PresenceClaim, PresenceMember } from '../../domain/realtime/presence.js';
import { requirePermission, type PermissionContext } from '../shared/access.js';
import { checkFirst } from '../shared/checks.js';

export interface ChannelPresenceArgs {
  readonly cluster: string;
  readonly channel: string;
  readonly encoding: Encoding;
  readonly sharded: boolean;
}

/** @throws ExpectedFailure NOT_SUPPORTED if the configuration keeps no presence of the channel, PERMISSION_DENIED; Outage */
export async function channelPresence(context: PermissionContext, args: ChannelPresenceArgs): Promise<ChannelPresence> {
  return await context.realtime.channelPresence(requestOf(context, args));
}

export function channelPresenceChanges(
  context: PermissionContext,
  args: ChannelPresenceArgs,
): LiveSource<PresenceChange> {
  return context.realtime.presenceChanges(requestOf(context, args));
}

/** @throws Outage FORBIDDEN */
function requestOf(context: PermissionContext, { cluster, channel, encoding, sharded }: ChannelPresenceArgs) {
  const name = decodeBytes(channel, encoding, ['channel']);
  requirePermission(context, 'channels:read', { cluster, channel: name });
  return { cluster, channel: name, sharded };
}

/** @throws ExpectedFailure INVALID_INPUT at `first` */
export function firstMembers({ members }: ChannelPresence, first: number): readonly PresenceMember[] {
  checkFirst(first);
  return members.slice(0, first);
}

export interface PresenceInput {
  readonly member: string;
  readonly data?: unknown;
}

/** Every process reads all members, so each must be small. */
const most = { memberBytes: 128, dataBytes: 1024 };

/** @throws ExpectedFailure INVALID_INPUT at `presence` if the name is empty, or the name or the data is too large */
export function presenceClaim(input: PresenceInput | null | undefined): PresenceClaim | undefined {
  if (!input) return undefined;
  const { member, data = null } = input;
  const bytes = decodeBytes(member, 'UTF8', ['presence', 'member']).length;
  if (bytes === 0 || bytes > most.memberBytes) {
    throw invalidInput(`Expected 1 to ${most.memberBytes} bytes, got ${bytes}.`, ['presence', 'member']);
  }
  const json = JSON.stringify(data, (_, value: unknown) => {
    if (typeof value !== 'number' || isExact(value)) return value;
    const message =
      'Expected integers from -(2^53-1) to 2^53-1, got a larger one, which would lose digits: send it as a string.';
    throw invalidInput(message, ['presence', 'data']);
  });
  const dataBytes = Buffer.byteLength(json);
  if (dataBytes > most.dataBytes) {
    throw invalidInput(`Expected at most ${most.dataBytes} bytes of JSON, got ${dataBytes}.`, ['presence', 'data']);
  }
  return { member, data };
}
