import { createHash, randomBytes } from 'node:crypto';

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
  const [, address] = /^[0-9a-f]{40} (\S+) \S*\bmyself\b/m.exec(conf) ?? [];
  return address === undefined ? undefined : portIn(address);
}

/**
 * Converts the `nodes.conf` of a primary into the one with which a node without data starts as its replica. The primary
 * must already have its slots.
 * @throws Error if the primary does not know the node
 */
export function asReplica(primaryConf: string, node: { port: number }, primary: { port: number }): string {
  const rows = primaryConf.split('\n').map((line) => line.split(' '));
  const rowAt = (port: number) => rows.find(([, address]) => portIn(address) === port);
  const [primaryId, primaryAddress = ''] = rowAt(primary.port) ?? [];
  const [shard] = shardId.exec(primaryAddress) ?? [];
  if (primaryId === undefined || !rowAt(node.port)) throw new Error(`nodes.conf does not name port ${node.port}.`);
  const lines = rows.map((row) => {
    const [id = '', address = '', flags = '', ...rest] = row;
    if (id === 'vars' || id === '') return row.join(' ');
    if (row !== rowAt(node.port)) return asOther([id, address, flags, ...rest]);
    const own = shard === undefined ? address : address.replace(shardId, shard);
    return [id, own, 'myself,slave', primaryId, '0', '0', rest[3] ?? '0', 'connected'].join(' ');
  });
  return lines.join('\n');
}

/**
 * Creates the `nodes.conf` of a node that joins the cluster: as a replica of `primary`, or as a primary without slots if
 * that is undefined. It knows the members that `conf`, the file of one of them, names; they must still be told of it.
 * Its ID is random: members refuse the ID of a removed node for a minute.
 */
export function asJoining(
  conf: string,
  node: Omit<Member, 'name' | 'follows' | 'slots'>,
  primary?: { readonly port: number },
): { readonly id: string; readonly text: string } {
  const id = randomBytes(20).toString('hex');
  const rows = conf.split('\n').map((line) => line.split(' '));
  const isMember = ([id = '', , flags = '']: readonly string[]): boolean =>
    /^[0-9a-f]{40}$/.test(id) && !/handshake|noaddr/.test(flags);
  const members = rows.filter(isMember);
  const leader = primary && members.find(([, address]) => portIn(address) === primary.port);
  if (primary && !leader) throw new Error(`nodes.conf does not name port ${primary.port}.`);
  const shard = leader?.[1]?.match(shardId)?.[0] ?? `shard-id=${randomBytes(20).toString('hex')}`;
  const address = `${node.host}:${node.port}@${node.busPort},,${node.tls ? 'tcp-port=0' : 'tls-port=0'},${shard}`;
  const role = leader ? ['myself,slave', leader[0]] : ['myself,master', '-'];
  const own = [id, address, ...role, '0', '0', leader?.[6] ?? '0', 'connected'];
  const vars = rows.filter(([word]) => word === 'vars');
  const text = [...members.map(asOther), own.join(' '), ...vars.map((row) => row.join(' ')), ''].join('\n');
  return { id, text };
}

/** With TLS, Valkey writes `host:0@bus,,tls-port=…`. */
function portIn(address = ''): number {
  const [, port] = /:(\d+)@/.exec(address) ?? [];
  const [, tlsPort] = /,tls-port=(\d+)/.exec(address) ?? [];
  return Number(port ?? 0) || Number(tlsPort ?? 0);
}

const shardId = /shard-id=[0-9a-f]+/;

/** A row of another member than the file's own, without slots that are moving, which are the own node's. */
function asOther([id = '', address = '', flags = '', ...rest]: readonly string[]): string {
  return [id, address, withoutFlag(flags, 'myself'), ...rest.filter((field) => !field.startsWith('['))].join(' ');
}

function withoutFlag(flags: string, flag: string): string {
  return flags
    .split(',')
    .filter((one) => one !== flag)
    .join(',');
}
