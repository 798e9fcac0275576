import type { NodeAddress } from './interfaces.js';

export interface NodeCredentials {
  readonly username: string;
  readonly password: string;
}

export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}

interface NodeConfig extends NodeAddress {
  readonly directory: string;
  /** Port of the cluster bus; cluster mode where present. */
  readonly busPort?: number | undefined;
  readonly tls?: TlsFiles | undefined;
  /** The endpoint's own user, by which it administers nodes and they replicate. */
  readonly administrator: NodeCredentials;
  /** Settings of the parameter group. */
  readonly settings: Readonly<Record<string, string>>;
}

type Directive = readonly [name: string, ...values: (string | number)[]];

/** What ElastiCache sets otherwise than Valkey does, and a parameter group may change. */
const elastiCacheDefaults: readonly Directive[] = [
  ['acl-pubsub-default', 'allchannels'],
  ['appendonly', 'yes'],
  ['appendfsync', 'everysec'],
  ['save', ''],
  ['cluster-require-full-coverage', 'no'],
];

/** Settings by which a file other than the node's own would be read or run. */
const forbidden = new Set(['include', 'loadmodule', 'rename-command', 'user', 'aclfile', 'unixsocket', 'requirepass']);

/**
 * The whole valkey.conf of a node. It holds a password, and so is passed through standard input rather than kept in a file.
 * What the endpoint decides itself stands last, and therefore wins over settings of the same name.
 * @throws Error where a setting is not one that a parameter group can have.
 */
export function renderConfig(config: NodeConfig): string {
  const { settings, administrator } = config;
  const given = Object.entries(settings).map(([name, value]): Directive => {
    if (!/^[a-z][a-z0-9-]*$/.test(name) || forbidden.has(name)) {
      throw new Error(`Expected a setting of a parameter group, got ${JSON.stringify(name)}.`);
    }
    return name === 'save' && value !== '' ? [name, ...value.split(/\s+/)] : [name, value];
  });
  const own: Directive[] = [
    ['bind', config.host],
    ['protected-mode', 'no'],
    ['dir', config.directory],
    ['logfile', ''],
    ['daemonize', 'no'],
    ['pidfile', ''],
    ['shutdown-timeout', 1],
    // A replica whose offset is still 0 is told to clients as loading: a ping a second moves it.
    ['repl-ping-replica-period', 1],
    ['repl-diskless-sync', 'yes'],
    ['repl-diskless-sync-delay', 0],
    ...endpoints(config),
    // Nobody enters before the users are told: until then a restarted node may not know its role. Off, `default` may do
    // everything all the same: as it Valkey reads its file back, and drops the transactions of which it may not do each
    // command (valkey-io/valkey#3983), with them what consumer groups delivered.
    ['user', 'default', 'off', 'resetpass', '~*', '&*', '+@all'],
    ['user', administrator.username, 'on', `>${administrator.password}`, '~*', '&*', '+@all'],
    ['masteruser', administrator.username],
    ['masterauth', administrator.password],
  ];
  return [...elastiCacheDefaults, ...given, ...own].map(render).join('\n') + '\n';
}

function endpoints({ host, port, busPort, tls }: NodeConfig): Directive[] {
  const ports: Directive[] = tls
    ? [
        ['port', 0],
        ['tls-port', port],
        ['tls-cert-file', tls.certificate],
        ['tls-key-file', tls.key],
        ['tls-ca-cert-file', tls.authority],
        ['tls-auth-clients', 'no'],
        ['tls-replication', 'yes'],
      ]
    : [['port', port]];
  if (busPort === undefined) return ports;
  return [
    ...ports,
    ...(tls ? [['tls-cluster', 'yes'] as const] : []),
    ['cluster-enabled', 'yes'],
    ['cluster-config-file', 'nodes.conf'],
    ['cluster-port', busPort],
    ['cluster-announce-ip', host],
    ['cluster-node-timeout', 5_000],
    // A shard keeps the replicas that it was given.
    ['cluster-allow-replica-migration', 'no'],
  ];
}

function render([name, ...values]: Directive): string {
  return [name, ...values.map((value) => (typeof value === 'number' ? value : quote(value)))].join(' ');
}

function quote(value: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '"': '\\"', '\\': '\\\\' };
  return `"${value.replace(/[\n\r"\\]/g, (character) => escapes[character] ?? '')}"`;
}
