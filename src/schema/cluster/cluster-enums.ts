import { builder } from '../builder.js';

export const EngineEnum = builder.enumType('Engine', {
  description: 'The engine of a cluster.',
  values: {
    VALKEY: { description: 'Valkey.' },
    REDIS: { description: 'Redis OSS.' },
  } as const,
});

export const ClusterModeEnum = builder.enumType('ClusterMode', {
  description: 'Whether the keys are distributed over shards by hash slot.',
  values: {
    DISABLED: { description: 'One shard holds all keys; clients need no cluster protocol.' },
    ENABLED: { description: 'The keys are distributed by hash slot over one or more shards.' },
    COMPATIBLE: { description: 'A step between DISABLED and ENABLED, in which clients of both kinds are served.' },
  } as const,
});

export const ClusterSourceEnum = builder.enumType('ClusterSource', {
  description: 'The source of a cluster.',
  values: {
    ELASTICACHE: { description: 'ElastiCache. The mutations of this API can change and delete the cluster.' },
    CONFIGURATION: { description: "This server's configuration. The deployment is managed elsewhere." },
  } as const,
});

export const ClusterStatusEnum = builder.enumType('ClusterStatus', {
  description: 'The status of a cluster.',
  values: {
    CREATING: { description: 'The cluster is being created and has no endpoint yet.' },
    AVAILABLE: {
      description:
        'The cluster serves requests. Deployments from the configuration always have this status; see `dataAccess`.',
    },
    MODIFYING: { description: 'The cluster serves requests while it is being changed.' },
    REBOOTING: { description: 'Nodes are being restarted.' },
    DELETING: { description: 'The cluster is being deleted.' },
    SNAPSHOTTING: { description: 'The cluster serves requests while a snapshot is taken.' },
    CREATE_FAILED: { description: 'The cluster could not be created and can only be deleted; see `statusReason`.' },
    UNKNOWN: { description: 'ElastiCache reports a status that this API does not know.' },
  } as const,
});

export const TransitEncryptionEnum = builder.enumType('TransitEncryption', {
  description: 'TLS between clients and nodes: off, offered or required.',
  values: {
    DISABLED: { description: 'Clients connect without TLS.' },
    PREFERRED: { description: 'Clients may connect with or without TLS.' },
    REQUIRED: { description: 'Clients must connect with TLS.' },
  } as const,
});

export const AuthTokenStatusEnum = builder.enumType('AuthTokenStatus', {
  description: 'A change of the AUTH token that is in progress.',
  values: {
    SETTING: { description: 'The token replaces the previous one.' },
    ROTATING: { description: 'The token is added beside the previous one.' },
  } as const,
});

export const AutomaticFailoverEnum = builder.enumType('AutomaticFailover', {
  description: 'Whether a replica is promoted automatically when its primary fails.',
  values: {
    ENABLED: { description: 'A replica is promoted.' },
    DISABLED: { description: 'No replica is promoted.' },
    ENABLING: { description: 'Automatic failover is being enabled.' },
    DISABLING: { description: 'Automatic failover is being disabled.' },
  } as const,
});

export const NodeRoleEnum = builder.enumType('NodeRole', {
  description: 'The role of a node in its shard.',
  values: {
    PRIMARY: { description: 'The node accepts writes.' },
    REPLICA: { description: 'The node copies the primary and can be promoted when it fails.' },
  } as const,
});
