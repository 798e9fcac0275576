import { isDeepStrictEqual } from 'node:util';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { Outage } from '../../../../domain/errors.js';
import { keyTypeOf } from '../../../../domain/key/key.js';
import { parseClusterSlots } from '../../connections/topology/topology.js';
import { CommandError } from '../../command-error.js';
import type { Argument, ValkeyCommands, ValkeyNode } from '../../interfaces.js';
import { textOf } from '../../replies.js';
import { expectedFailure } from '../expected-failure.js';
import { isServed, lowestUnserved, type SlotRanges } from './slot-ranges.js';

/** @throws Outage if no node serves the slot */
export function primaryOf(commands: Pick<ValkeyCommands, 'primaries'>, slot: number): ValkeyNode {
  const node = commands.primaries().find(({ slots }) => isServed(slots, slot));
  if (node) return node;
  throw new Outage('CLUSTER_UNAVAILABLE', `No node of the cluster serves hash slot ${slot} now.`);
}

/** @throws Outage TIMEOUT if the operation has ended, so that nobody waits for what a further scan finds */
export function requireWaiting(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new Outage('TIMEOUT', 'The operation ended before the keys were scanned: scan fewer at once (`maxScanned`).');
}

/** Keys with the names of their types. Skips keys that no longer exist, or whose type the user may not read. */
export async function typedKeys(
  commands: ValkeyCommands,
  names: readonly Buffer[],
): Promise<readonly { readonly name: Buffer; readonly typeName: string }[]> {
  const typed = await Promise.all(
    names.map(async (name) => {
      try {
        return { name, typeName: textOf(await commands.send({ args: ['TYPE', name], key: name })) };
      } catch (error) {
        if (error instanceof CommandError && error.prefix === 'NOPERM') return { name, typeName: 'none' };
        throw expectedFailure(error);
      }
    }),
  );
  return typed.filter(({ typeName }) => typeName !== 'none');
}

/** The keys of types that SCAN cannot filter by, such as those of modules. Skips those that `typedKeys` skips. */
export async function ofUnknownType(commands: ValkeyCommands, names: readonly Buffer[]): Promise<readonly Buffer[]> {
  const typed = await typedKeys(commands, names);
  return typed.filter(({ typeName }) => keyTypeOf(typeName) === 'OTHER').map(({ name }) => name);
}

/** The slots that a node serves now, as the node reports them. A scan is never redirected, so that it would not notice a change. */
export async function servedNow(commands: ValkeyCommands, node: ValkeyNode): Promise<SlotRanges> {
  if (lowestUnserved(node.slots) === undefined) return node.slots;
  const isNode = ({ host, port }: Endpoint): boolean => host === node.endpoint.host && port === node.endpoint.port;
  const reply = await node.send(['CLUSTER', 'SLOTS']).catch(() => null);
  const shard =
    reply === null ? undefined : parseClusterSlots(reply, node.endpoint).find(({ primary }) => isNode(primary));
  if (!shard) return node.slots;
  if (!isDeepStrictEqual(shard.ranges, node.slots)) await commands.refreshTopology();
  return shard.ranges;
}

export function scanArgs(
  cursor: string,
  count: number,
  match: Buffer | undefined,
  typeName: string | undefined,
): [string, ...Argument[]] {
  return [
    'SCAN',
    cursor,
    ...(match ? ['MATCH', match] : []),
    'COUNT',
    String(count),
    ...(typeName === undefined ? [] : ['TYPE', typeName]),
  ];
}
