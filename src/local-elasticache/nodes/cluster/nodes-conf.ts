import { createHash } from 'node:crypto';

/** A member as `nodes.conf` has it. */
export interface Member {
  /** Any name, unique in its cluster. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly busPort: number;
  readonly tls: boolean;
  /** Name of the primary that it follows; absent on a primary. */
  readonly follows?: string | undefined;
  /** e.g. `0-8191`, several separated by spaces or commas; primaries only. */
  readonly slots?: string | undefined;
}

/** The 40 hexadecimal digits that a member is known by in the cluster. */
export function memberId(cluster: string, name: string): string {
  return createHash('sha1').update(`${cluster}/${name}`).digest('hex');
}

/**
 * The `nodes.conf` that member `myself` starts from, as Valkey itself writes it. Members that know each other and the slots
 * from their first moment form the cluster without a round of MEET, gossip and slot assignment. `cluster` is any name that
 * no other cluster on this machine has: member IDs are made from it.
 */
export function renderNodesConf(cluster: string, members: readonly Member[], myself: string): string {
  const primaries = members.filter(({ follows }) => follows === undefined).map(({ name }) => name);
  const lines = members.map((member) => {
    const { name, host, port, busPort, tls, follows, slots } = member;
    const shard = createHash('sha1')
      .update(`${cluster}/shard/${follows ?? name}`)
      .digest('hex');
    // Valkey keeps two client ports; the one not listened on is 0.
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

/** The port of the node to which a `nodes.conf` belongs; undefined if it does not say. */
export function ownPort(conf: string): number | undefined {
  const [, port] = /^[0-9a-f]{40} \S*?:(\d+)@\S* \S*\bmyself\b/m.exec(conf) ?? [];
  return port === undefined ? undefined : Number(port);
}

/**
 * The `nodes.conf` from which a node without data starts as a replica of `primary`: what the primary knows of the cluster, told by
 * the node. The primary must have its slots already.
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
