import { invalidInput } from '../../../domain/errors.js';
import type { ClusterModeName, ReplicationGroupRecord } from '../../state/records/replication-group.js';
import { invalidCombination } from './refuse.js';

/** Data tiering belongs to the node types r6gd, and to no others. It is recorded: local nodes keep all data in memory. */
export function dataTiering(nodeType: string, enabled: boolean | undefined): boolean {
  const isOffered = nodeType.startsWith('cache.r6gd.');
  if (isOffered && enabled !== true) throw invalidCombination('DataTieringEnabled must be true for node types r6gd.');
  if (!isOffered && enabled === true) throw invalidCombination('DataTieringEnabled requires a node type r6gd.');
  return isOffered;
}

/** Cache security groups belong to EC2-Classic, which AWS has retired: no account may use them. */
export function refuseSecurityGroups(names: readonly string[] = []): void {
  if (names.length === 0) return;
  throw invalidCombination('Use of cache security groups is not permitted in this API version for your account.');
}

/**
 * Only Memcached has several zones of one cache cluster.
 * @throws ExpectedFailure for other modes than single-az
 */
export function refuseOtherZoneModes(mode: string | undefined): void {
  if (mode === undefined || mode === 'single-az') return;
  if (mode !== 'cross-az') throw invalidInput(`Expected AZMode single-az or cross-az, got ${asWord(mode)}.`);
  throw invalidCombination(`AZMode ${mode} is supported for Memcached only.`);
}

const networks = { NetworkType: ['ipv4', 'ipv6', 'dual_stack'], IpDiscovery: ['ipv4', 'ipv6'] } as const;

/** Only a word is repeated in a message: other text may be a secret in the wrong place. */
function asWord(text: string): string {
  return /^[a-z\d]{1,12}(?:[-_][a-z\d]{1,12}){0,3}$/i.test(text) ? text : 'another text';
}

/** @throws ExpectedFailure for IPv6: local nodes listen on one address */
export function refuseOtherNetworks(input: {
  NetworkType?: string | undefined;
  IpDiscovery?: string | undefined;
}): void {
  for (const name of ['NetworkType', 'IpDiscovery'] as const) {
    const given = input[name] ?? 'ipv4';
    if (given === 'ipv4') continue;
    const known: readonly string[] = networks[name];
    if (!known.includes(given)) {
      const expected = `${known.slice(0, -1).join(', ')} or ${known.at(-1) ?? ''}`;
      throw invalidInput(`Expected ${name} ${expected}, got ${asWord(given)}.`);
    }
    throw invalidCombination(`The local ElastiCache endpoint offers ${name} ipv4 only.`);
  }
}

/** @throws ExpectedFailure for a text that is no mode, which the SDK's types do not keep from being sent */
export function checkEncryptionMode(mode: string | undefined): void {
  if (mode === undefined || mode === 'preferred' || mode === 'required') return;
  throw invalidInput('Expected the transit encryption mode preferred or required.');
}

/** The cluster mode of this name. @throws ExpectedFailure if there is none */
export function clusterModeNamed(mode: string): ClusterModeName {
  if (mode === 'disabled' || mode === 'compatible' || mode === 'enabled') return mode;
  throw invalidInput('Expected the cluster mode disabled, compatible or enabled.');
}

/** Reads the durability of the data, which is recorded. Local nodes write their files each second, so they cannot promise `sync`. */
export function durability(requested: string | undefined): ReplicationGroupRecord['durability'] {
  if (requested === undefined || requested === 'default' || requested === 'disabled' || requested === 'async') {
    return requested;
  }
  if (requested === 'sync')
    throw invalidCombination('Durability sync is not supported by the local ElastiCache endpoint.');
  throw invalidInput('Expected a Durability of default, async, sync or disabled.');
}
