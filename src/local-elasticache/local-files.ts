/** The files of the local endpoint in its data directory. A reset removes these and no others. */
export const localFiles = {
  /** The state of the account: clusters, users, … */
  state: 'elasticache.json',
  /** Each node's configuration, log and data. */
  nodes: 'nodes',
  /** The RDB files of snapshots. */
  snapshots: 'snapshots',
  /** The certificate authority and its key. */
  tls: 'tls',
} as const;
