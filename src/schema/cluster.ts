import type { Cluster } from '../domain/cluster.js';
import { builder } from './builder.js';

/** An ElastiCache replication group, or a Valkey deployment named in the configuration. */
export const ClusterRef = builder.objectRef<Cluster>('Cluster');
