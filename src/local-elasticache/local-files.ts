/** What the local endpoint keeps in its data directory: all of it, and all that a reset may remove. */
export const localFiles = {
  /** Clusters, users and all else that ElastiCache would know. */
  state: 'elasticache.json',
  /** Each node's configuration, log and data. */
  nodes: 'nodes',
  /** The certificate authority and its key. */
  tls: 'tls',
} as const;
