import { invalidInput } from '../errors.js';

/** A parameter of ElastiCache's parameter groups. */
export interface EngineParameter {
  readonly name: string;
  readonly defaultValue: string;
  readonly dataType: 'string' | 'integer';
  /** `a,b` lists values, `0-100` is a range, `0-` is a range without an upper end. */
  readonly allowedValues: string;
  readonly modifiable: boolean;
  /** Whether it is a setting of the Valkey nodes. ElastiCache or the local endpoint applies the others. */
  readonly sentToNodes: boolean;
  readonly changeType: 'immediate' | 'requires-reboot';
}

const yesNo = 'yes,no';

/** Name, default, type, allowed values. Source: "Engine specific parameters" of the ElastiCache user guide. */
const settings: readonly (readonly [string, string, EngineParameter['dataType'], string])[] = [
  ['acllog-max-len', '128', 'integer', '1-10000'],
  ['activedefrag', 'no', 'string', yesNo],
  ['active-defrag-cycle-max', '75', 'integer', '1-75'],
  ['active-defrag-cycle-min', '5', 'integer', '1-75'],
  ['active-defrag-ignore-bytes', '104857600', 'integer', '1048576-'],
  ['active-defrag-max-scan-fields', '1000', 'integer', '1-1000000'],
  ['active-defrag-threshold-lower', '10', 'integer', '1-100'],
  ['active-defrag-threshold-upper', '100', 'integer', '1-100'],
  ['activerehashing', 'yes', 'string', yesNo],
  ['client-query-buffer-limit', '1073741824', 'integer', '1048576-1073741824'],
  ['cluster-allow-pubsubshard-when-down', 'yes', 'string', yesNo],
  ['cluster-allow-reads-when-down', 'no', 'string', yesNo],
  ['cluster-require-full-coverage', 'no', 'string', yesNo],
  ['hash-max-listpack-entries', '512', 'integer', '0-'],
  ['hash-max-listpack-value', '64', 'integer', '0-'],
  ['hll-sparse-max-bytes', '3000', 'integer', '1-16000'],
  ['latency-tracking', 'no', 'string', yesNo],
  ['lazyfree-lazy-eviction', 'yes', 'string', yesNo],
  ['lazyfree-lazy-expire', 'yes', 'string', yesNo],
  ['lazyfree-lazy-server-del', 'yes', 'string', yesNo],
  ['lazyfree-lazy-user-del', 'yes', 'string', yesNo],
  ['lazyfree-lazy-user-flush', 'yes', 'string', yesNo],
  ['lfu-decay-time', '1', 'integer', '0-'],
  ['lfu-log-factor', '10', 'integer', '1-'],
  ['list-compress-depth', '0', 'integer', '0-'],
  ['list-max-listpack-size', '-2', 'integer', '-5,-4,-3,-2,-1'],
  [
    'maxmemory-policy',
    'volatile-lru',
    'string',
    'volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction',
  ],
  ['maxmemory-samples', '3', 'integer', '1-'],
  ['min-replicas-max-lag', '10', 'integer', '0-'],
  ['min-replicas-to-write', '0', 'integer', '0-'],
  ['notify-keyspace-events', '', 'string', ''],
  ['proto-max-bulk-len', '536870912', 'integer', '1048576-536870912'],
  ['set-max-intset-entries', '512', 'integer', '0-'],
  ['set-max-listpack-entries', '128', 'integer', '0-'],
  ['set-max-listpack-value', '64', 'integer', '0-'],
  ['slowlog-log-slower-than', '10000', 'integer', '-1-'],
  ['slowlog-max-len', '128', 'integer', '0-'],
  ['stream-node-max-bytes', '4096', 'integer', '0-'],
  ['stream-node-max-entries', '100', 'integer', '0-'],
  ['tcp-keepalive', '300', 'integer', '0-'],
  ['timeout', '0', 'integer', '0,20-'],
  ['tracking-table-max-keys', '1000000', 'integer', '1-100000000'],
  ['zset-max-listpack-entries', '128', 'integer', '0-'],
  ['zset-max-listpack-value', '64', 'integer', '0-'],
];

const fixed: readonly EngineParameter[] = [
  fixedParameter('acl-pubsub-default', 'allchannels', 'allchannels,resetchannels'),
  fixedParameter('appendonly', 'no', yesNo),
  fixedParameter('appendfsync', 'everysec', 'always,everysec,no'),
  fixedParameter('close-on-replica-write', 'yes', yesNo),
  { ...fixedParameter('databases', '16', '1-1200000'), dataType: 'integer', modifiable: true, sentToNodes: true },
  { ...fixedParameter('reserved-memory-percent', '25', '0-100'), dataType: 'integer', modifiable: true },
];

function fixedParameter(name: string, defaultValue: string, allowedValues: string): EngineParameter {
  return {
    name,
    defaultValue,
    allowedValues,
    dataType: 'string',
    modifiable: false,
    sentToNodes: false,
    changeType: 'requires-reboot',
  };
}

const everywhere: readonly EngineParameter[] = [
  ...fixed,
  ...settings.map(([name, defaultValue, dataType, allowedValues]): EngineParameter => ({
    name,
    defaultValue,
    dataType,
    allowedValues,
    modifiable: true,
    // Distributions build Valkey with a jemalloc that cannot defragment: Valkey would refuse to start.
    sentToNodes: name !== 'activedefrag',
    changeType: 'immediate',
  })),
];

/**
 * The parameters of a parameter group, sorted by name. Cluster mode is itself a parameter, which is chosen when a group
 * is created.
 */
export function engineParameters(clusterMode: boolean): readonly EngineParameter[] {
  const clusterEnabled: EngineParameter = {
    ...fixedParameter('cluster-enabled', clusterMode ? 'yes' : 'no', yesNo),
    modifiable: true,
  };
  return [clusterEnabled, ...everywhere].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/**
 * Checks a value of a parameter.
 * @throws ExpectedFailure INVALID_INPUT at `path` if the parameter does not exist or is fixed, or the value is not
 * allowed.
 */
export function checkParameterValue(name: string, value: string, path?: readonly string[]): void {
  const parameter = engineParameters(false).find((known) => known.name === name);
  if (!parameter) throw invalidInput('Could not find a parameter of this name.', path);
  if (!parameter.modifiable) throw invalidInput(`The parameter ${name} cannot be modified.`, path);
  const isAllowed =
    parameter.allowedValues === ''
      ? /^[A-Za-z$]{0,30}$/.test(value)
      : parameter.allowedValues.split(/,(?=-?\w)/).some((allowed) => matches(value, allowed, parameter.dataType));
  if (!isAllowed) {
    throw invalidInput(
      `The parameter value is invalid for ${name}. Expected ${parameter.allowedValues || 'event classes such as KEA'}.`,
      path,
    );
  }
}

function matches(value: string, allowed: string, dataType: EngineParameter['dataType']): boolean {
  const [, from, to] = /^(-?\d+)-(\d*)$/.exec(allowed) ?? [];
  if (from === undefined || dataType === 'string') return value === allowed;
  if (!/^-?\d{1,15}$/.test(value)) return false;
  return Number(value) >= Number(from) && (to === undefined || to === '' || Number(value) <= Number(to));
}

/** Returns the values of a parameter group that are settings of the nodes. */
export function nodeSettings(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => nodeDefaults.has(name)));
}

/**
 * Returns the settings to change on nodes that move from one parameter group to another. A setting that is no longer
 * set returns to its default.
 */
export function changedSettings(
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const target = names.map((name) => [name, to[name] ?? nodeDefaults.get(name) ?? ''] as const);
  return Object.fromEntries(target.filter(([name, value]) => value !== (from[name] ?? nodeDefaults.get(name))));
}

const nodeDefaults: ReadonlyMap<string, string> = new Map(
  everywhere.filter(({ sentToNodes }) => sentToNodes).map(({ name, defaultValue }) => [name, defaultValue]),
);
