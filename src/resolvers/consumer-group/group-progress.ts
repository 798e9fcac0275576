import type { GroupSample } from '../../datasources/valkey/values/streams/group-sample.js';
import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import { invalidInput } from '../../domain/errors.js';
import type { LiveSource } from '../../runtime/live-source.js';
import { requirePermission, type PermissionContext } from '../shared/access.js';

export interface GroupProgressArgs {
  readonly cluster: string;
  readonly stream: string;
  readonly group: string;
  readonly encoding: Encoding;
  readonly everySeconds: number;
}

const every = { shortest: 0.1, longest: 3600 };

/** The current state of a consumer group, and its new state after each change. */
export function groupProgress(
  context: PermissionContext,
  { cluster, stream, group, encoding, everySeconds }: GroupProgressArgs,
): LiveSource<GroupSample> {
  if (everySeconds < every.shortest || everySeconds > every.longest) {
    throw invalidInput(`Expected ${every.shortest} to ${every.longest} seconds, got ${everySeconds}.`, [
      'everySeconds',
    ]);
  }
  const name = { stream: decodeBytes(stream, encoding, ['stream']), group: decodeBytes(group, encoding, ['group']) };
  requirePermission(context, 'groups:read', { cluster, key: name.stream, group: name.group });
  return context.realtime.groupProgress({ cluster, ...name, everyMs: Math.round(everySeconds * 1000) });
}
