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
  /** The port of the cluster bus; enables cluster mode. */
  readonly busPort?: number | undefined;
  readonly tls?: TlsFiles | undefined;
  /** The endpoint's own user, for administration and replication. */
  readonly administrator: NodeCredentials;
  /** Settings of the parameter group. */
  readonly settings: Readonly<Record<string, string>>;
}

type Directive = readonly [name: string, ...values: (string | number)[]];

/** ElastiCache's defaults that differ from Valkey's. A parameter group may change them. */
const elastiCacheDefaults: readonly Directive[] = [
  ['acl-pubsub-default', 'allchannels'],
  ['appendonly', 'yes'],
  // Each write is in the file before it is acknowledged, so that no kill loses it; the endpoint flushes the files to the disk. With
  // `everysec` Valkey keeps acknowledged writes in its memory while it flushes, for up to two seconds.
  ['appendfsync', 'no'],
  ['save', ''],
  ['cluster-require-full-coverage', 'no'],
];

/** Settings whose value is several words. */
const ofSeveralWords = new Set(['save', 'client-output-buffer-limit']);

/** Settings that would make Valkey read or run other files, or bypass users. */
const forbidden = new Set(['include', 'loadmodule', 'rename-command', 'user', 'aclfile', 'unixsocket', 'requirepass']);

/**
 * Renders the complete valkey.conf of a node. It contains a password and is therefore passed through standard input
 * instead of a file. The endpoint's own settings come last and override others of the same name.
 * @throws Error if a setting cannot belong to a parameter group
 */
export function renderConfig(config: NodeConfig): string {
  const { settings, administrator } = config;
  const given = Object.entries(settings).map(([name, value]): Directive => {
    if (!/^[a-z][a-z0-9-]*$/.test(name) || forbidden.has(name)) {
      throw new Error(`Expected a setting of a parameter group, got ${JSON.stringify(name)}.`);
    }
    return ofSeveralWords.has(name) && value !== '' ? [name, ...value.split(/\s+/)] : [name, value];
  });
  const own: Directive[] = [
    ['bind', config.host],
    ['protected-mode', 'no'],
    ['dir', config.directory],
    ['logfile', ''],
    ['daemonize', 'no'],
    ['pidfile', ''],
    ['shutdown-timeout', 1],
    // Clients see a replica with offset 0 as loading; a ping each second changes the offset.
    ['repl-ping-replica-period', 1],
    ['repl-diskless-sync', 'yes'],
    ['repl-diskless-sync-delay', 0],
    ...endpoints(config),
    // Clients cannot authenticate until the users are applied, because a restarted node may not know its role yet.
    // `default` is off but has all permissions: Valkey replays its file as this user, and drops transactions with a
    // command that the user may not run (valkey-io/valkey#3983), and so the deliveries of consumer groups.
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
    // Replicas stay in their shard.
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
