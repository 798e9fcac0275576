import { createHash } from 'node:crypto';

/** A member of the cluster in `nodes.conf`. */
export interface Member {
  /** Any name, unique in its cluster. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly busPort: number;
  readonly tls: boolean;
  /** The name of its primary; undefined for a primary. */
  readonly follows?: string | undefined;
  /** e.g. `0-8191`, several separated by spaces or commas; primaries only. */
  readonly slots?: string | undefined;
}

/** The ID of a member within its cluster: 40 hexadecimal digits. */
export function memberId(cluster: string, name: string): string {
  return createHash('sha1').update(`${cluster}/${name}`).digest('hex');
}

/**
 * Renders the initial `nodes.conf` of member `myself` in Valkey's format. Members that know each other and the slots
 * from the start form the cluster without MEET, gossip and slot assignment. `cluster` is a name that is unique on this
 * machine, because member IDs are derived from it.
 */
export function renderNodesConf(cluster: string, members: readonly Member[], myself: string): string {
  const primaries = members.filter(({ follows }) => follows === undefined).map(({ name }) => name);
  const lines = members.map((member) => {
    const { name, host, port, busPort, tls, follows, slots } = member;
    const shard = createHash('sha1')
      .update(`${cluster}/shard/${follows ?? name}`)
      .digest('hex');
    // Valkey lists two client ports; the unused one is 0.
    const other = tls ? 'tcp-port=0' : 'tls-port=0';
    const flags = [...(name === myself ? ['myself'] : []), follows === undefined ? 'master' : 'slave'].join(',');
    const epoch = primaries.indexOf(follows ?? name) + 1;
    const fields = [
      memberId(cluster, name),
      `${host}:${port}@${busPort},,${other},shard-id=${shard}`,
      flags,
      follows === undefined ? '-' : memberId(cluster, follows),
      '0',
      '0',
      epoch,
      'connected',
      ...(follows === undefined ? (slots ?? '').split(/[\s,]+/).filter(Boolean) : []),
    ];
    return fields.join(' ');
  });
  return `${lines.join('\n')}\nvars currentEpoch ${primaries.length} lastVoteEpoch 0\n`;
}

/** Returns the port of the node that a `nodes.conf` belongs to; undefined if the file does not contain it. */
export function ownPort(conf: string): number | undefined {
  const [, port] = /^[0-9a-f]{40} \S*?:(\d+)@\S* \S*\bmyself\b/m.exec(conf) ?? [];
  return port === undefined ? undefined : Number(port);
}

/**
 * Converts the `nodes.conf` of a primary into the one with which a node without data starts as its replica. The primary
 * must already have its slots.
 * @throws Error if the primary does not know the node
 */
export function asReplica(primaryConf: string, node: { port: number }, primary: { port: number }): string {
  const rows = primaryConf.split('\n').map((line) => line.split(' '));
  const rowAt = (port: number) => rows.find(([, address]) => address?.includes(`:${port}@`));
  const [primaryId, primaryAddress = ''] = rowAt(primary.port) ?? [];
  const [shard] = /shard-id=[0-9a-f]+/.exec(primaryAddress) ?? [];
  if (primaryId === undefined || !rowAt(node.port)) throw new Error(`nodes.conf does not name port ${node.port}.`);
  const lines = rows.map((row) => {
    const [id = '', address = '', flags = '', ...rest] = row;
    if (id === 'vars' || id === '') return row.join(' ');
    if (row !== rowAt(node.port)) return [id, address, withoutFlag(flags, 'myself'), ...rest].join(' ');
    const own = shard === undefined ? address : address.replace(/shard-id=[0-9a-f]+/, shard);
    return [id, own, 'myself,slave', primaryId, '0', '0', rest[3] ?? '0', 'connected'].join(' ');
  });
  return lines.join('\n');
}

function withoutFlag(flags: string, flag: string): string {
  return flags
    .split(',')
    .filter((one) => one !== flag)
    .join(',');
}
