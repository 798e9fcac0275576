import type { ValkeyCommands } from '../../datasources/valkey/interfaces.js';
import type { StreamGroup } from '../../datasources/valkey/values/streams/stream.js';
import type { Permission } from '../../domain/access/permissions.js';
import { decodeBytes } from '../../domain/encoding.js';
import { requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';
import type { StreamInput } from '../stream/stream-writes.js';

/** The consumer group that a mutation changes. */
export interface GroupInput extends StreamInput {
  readonly group: string;
}

export interface ConsumerInput extends GroupInput {
  readonly consumer: string;
}

interface GroupName {
  readonly stream: Buffer;
  readonly group: Buffer;
}

/**
 * The group that the caller wants to change, and may. Call this first: it reads and changes nothing.
 * @throws ExpectedFailure INVALID_INPUT at `input.stream` or `input.group`; Outage FORBIDDEN
 */
export function groupToChange(context: Context, input: GroupInput, permission: Permission): GroupName {
  const stream = decodeBytes(input.stream, input.encoding, ['input', 'stream']);
  const group = decodeBytes(input.group, input.encoding, ['input', 'group']);
  requirePermission(context, permission, { cluster: input.cluster, key: stream, group });
  return { stream, group };
}

/** @throws ExpectedFailure INVALID_INPUT at `input.consumer` */
export function consumerOf({ consumer, encoding }: ConsumerInput): Buffer {
  return decodeBytes(consumer, encoding, ['input', 'consumer']);
}

/** The group that a mutation changed, for its payload. */
export interface ChangedGroup {
  readonly group: Buffer;
  readonly stream: StreamGroup['stream'];
}

export function changedGroup(
  commands: ValkeyCommands,
  { cluster }: GroupInput,
  { stream, group }: GroupName,
): ChangedGroup {
  return { group, stream: { commands, cluster: cluster.toLowerCase(), name: stream } };
}
