import type { AutomaticFailover, ClusterMode } from '../../../domain/cluster/cluster.js';

const failoverStates: Readonly<Record<string, AutomaticFailover>> = {
  enabled: 'ENABLED',
  disabled: 'DISABLED',
  enabling: 'ENABLING',
  disabling: 'DISABLING',
};

const clusterModes: Readonly<Record<string, ClusterMode>> = {
  enabled: 'ENABLED',
  disabled: 'DISABLED',
  compatible: 'COMPATIBLE',
};

/** ElastiCache's words for states, in the terms of the API. */
export const awsWords = { failoverStates, clusterModes };
