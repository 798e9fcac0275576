import { nodeMemory } from './node-memory.js';
import { engineParameters, type EngineParameter } from '../parameters/parameter-table.js';

/**
 * Parameters that are reported and not sent to the nodes: those of ElastiCache itself, those that the local engine lacks or refuses, and
 * those that the endpoint decides.
 */
const notSent = new Set([
  // Distributions build Valkey with a jemalloc that cannot defragment: Valkey would refuse to start.
  'activedefrag',
  // The endpoint keeps the data of its nodes over a restart.
  'appendfsync',
  'appendonly',
  'close-on-replica-write',
  'close-on-slave-write',
  'cluster-databases',
  'cluster-enabled',
  // Nodes have addresses and no names.
  'cluster-preferred-endpoint-type',
  'lua-replicate-commands',
  // This machine limits the number of open files.
  'maxclients',
  'rename-commands',
  'replica-allow-chaining',
  'reserved-memory',
  'reserved-memory-percent',
  'search-default-timeout-ms',
  'search-enable-partial-results',
  'search-fanout-target-mode',
  'slave-allow-chaining',
]);

/** The facts that decide the settings of a node. */
export interface NodeSettingsOf {
  readonly family: string;
  readonly nodeType: string;
  /** The values of the parameter group that differ from the family's defaults. */
  readonly values: Readonly<Record<string, string>>;
}

/** Returns the settings that a node runs: all parameters of its group, and the memory of its type. */
export function nodeSettings({ family, nodeType, values }: NodeSettingsOf): Record<string, string> {
  const all = new Map([
    ...engineParameters(family, false).map(({ name, defaultValue }) => [name, defaultValue] as const),
    ...Object.entries(values),
  ]);
  const sent = [...all].filter(([name]) => !notSent.has(name) && !name.startsWith('client-output-buffer-limit-'));
  const memory = nodeMemory(nodeType);
  const value = (name: string): number => Number(all.get(name) ?? 0);
  return {
    ...Object.fromEntries(sent),
    ...(memory ? { maxmemory: String(dataMemory(memory.maxMemory, value)) } : {}),
    'client-output-buffer-limit': outputLimits(value, memory?.replicaOutputLimit),
  };
}

function dataMemory(maxMemory: number, value: (name: string) => number): number {
  const reserved = Math.ceil((maxMemory * value('reserved-memory-percent')) / 100) + value('reserved-memory');
  // 0 would mean without a limit.
  return Math.max(maxMemory - reserved, 1);
}

/** The setting of Valkey that ElastiCache divides into nine. */
function outputLimits(value: (name: string) => number, replicaLimit = 0): string {
  const limits = (['normal', 'pubsub'] as const).flatMap((kind) => [
    kind,
    ...['hard-limit', 'soft-limit', 'soft-seconds'].map((part) => value(`client-output-buffer-limit-${kind}-${part}`)),
  ]);
  return [...limits, 'replica', replicaLimit, replicaLimit, 60].join(' ');
}

/** The settings that differ between two states of a group's nodes. */
export function changedSettings(
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(to).filter(([name, value]) => value !== from[name]));
}

/** Tests whether a node reads the setting only when it starts. */
export function requiresReboot(name: string): boolean {
  return name === 'databases' || name === 'activerehashing';
}

/** A parameter with a value for each node type. */
export interface NodeTypeParameter extends EngineParameter {
  readonly valueOf: (nodeType: string) => string | undefined;
}

/** The parameters whose values follow from the node type. None can be changed. */
export function nodeTypeParameters(family: string): readonly NodeTypeParameter[] {
  const parameters = engineParameters(family, false);
  const replica = parameters.some(({ name }) => name === 'min-replicas-to-write') ? 'replica' : 'slave';
  const base = {
    defaultValue: '',
    dataType: 'integer',
    allowedValues: '0-',
    modifiable: false,
    changeType: 'immediate',
    minimumEngineVersion: parameters.find(({ name }) => name === 'timeout')?.minimumEngineVersion ?? '',
  } as const;
  const limit = (nodeType: string): string | undefined => nodeMemory(nodeType)?.replicaOutputLimit.toFixed(0);
  return [
    {
      ...base,
      name: `client-output-buffer-limit-${replica}-hard-limit`,
      description: 'Bytes at which a replica is disconnected.',
      valueOf: limit,
    },
    {
      ...base,
      name: `client-output-buffer-limit-${replica}-soft-limit`,
      description: 'Bytes at which a replica is disconnected later.',
      valueOf: limit,
    },
    {
      ...base,
      name: 'maxmemory',
      description: 'Bytes of a node, of which a share is reserved.',
      valueOf: (nodeType) => nodeMemory(nodeType)?.maxMemory.toFixed(0),
    },
  ];
}
