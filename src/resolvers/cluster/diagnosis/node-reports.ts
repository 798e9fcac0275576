import { commandStatsOf, type CommandStat } from '../../../datasources/valkey/values/nodes/command-stats.js';
import {
  defaultSections,
  onlyIfNamed,
  type Info,
  type InfoSection,
} from '../../../datasources/valkey/values/nodes/info.js';
import { nodeMemoryOf, type NodeMemory } from '../../../datasources/valkey/values/nodes/node-memory.js';
import { expectedFailure } from '../../../datasources/valkey/values/expected-failure.js';
import type { ClusterNode } from '../../../domain/cluster/cluster.js';
import { ExpectedFailure, invalidInput } from '../../../domain/errors.js';
import { requirePermission } from '../../shared/access.js';
import { checkFirst, checkList } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';

/** @throws Outage FORBIDDEN, CLUSTER_UNAVAILABLE; ExpectedFailure PERMISSION_DENIED, NOT_SUPPORTED */
export async function memoryOfNode(context: Context, node: ClusterNode): Promise<NodeMemory> {
  return nodeMemoryOf(await read(context, node, ['memory']));
}

/** The commands that took the most time. @throws as `memoryOfNode`, and ExpectedFailure INVALID_INPUT */
export async function commandStatsOfNode(
  context: Context,
  node: ClusterNode,
  { first }: { readonly first: number },
): Promise<readonly CommandStat[]> {
  checkFirst(first);
  const info = await read(context, node, ['commandstats']);
  if (info.some(({ name }) => name.toLowerCase() === 'commandstats')) return commandStatsOf(info).slice(0, first);
  throw new ExpectedFailure('NOT_SUPPORTED', 'The node does not report the section `commandstats` of INFO.');
}

/** Names that stand for several sections. Which ones depends on the server, and on its modules. */
const groups = new Set(['all', 'everything', 'default', 'modules']);

/** Sections of INFO as they are, in the server's order. @throws as `memoryOfNode`, and ExpectedFailure INVALID_INPUT */
export async function infoSectionsOfNode(
  context: Context,
  node: ClusterNode,
  { names }: { readonly names?: readonly string[] | null | undefined },
): Promise<readonly InfoSection[]> {
  if (names == null) {
    const info = await read(context, node, [defaultSections]);
    return info.filter(({ name }) => !onlyIfNamed.has(name.toLowerCase()));
  }
  checkList(names, ['names']);
  names.forEach((name, index) => checkSectionName(name, ['names', String(index)]));
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return (await read(context, node, [...wanted])).filter(({ name }) => wanted.has(name.toLowerCase()));
}

function checkSectionName(name: string, path: readonly string[]): void {
  if (/^[a-z][a-z0-9_.-]{0,63}$/i.test(name) && !groups.has(name.toLowerCase())) return;
  throw invalidInput(
    'Expected the name of one section of INFO, such as "memory": a letter, then letters, digits, "_", "-" and ".".',
    path,
  );
}

async function read(context: Context, node: ClusterNode, sections: readonly string[]): Promise<Info> {
  requirePermission(context, 'nodes:read', { cluster: node.clusterName });
  try {
    return await context.nodeInfo.read(node, sections);
  } catch (error) {
    throw expectedFailure(error);
  }
}
