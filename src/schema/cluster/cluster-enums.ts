import { builder } from '../builder.js';

export const EngineEnum = builder.enumType('Engine', {
  description: 'What a cluster runs.',
  values: {
    VALKEY: { description: 'Valkey.' },
    REDIS: { description: 'Redis OSS.' },
  } as const,
});

export const ClusterModeEnum = builder.enumType('ClusterMode', {
  description: 'Whether the keys are spread over several shards.',
  values: {
    DISABLED: { description: 'One shard holds all keys.' },
    ENABLED: { description: 'The keys are spread by hash slot over one or more shards.' },
    COMPATIBLE: { description: 'On the way from DISABLED to ENABLED: clients of both kinds are served.' },
  } as const,
});

export const ClusterSourceEnum = builder.enumType('ClusterSource', {
  description: 'Where a cluster is known from.',
  values: {
    ELASTICACHE: { description: 'From ElastiCache: it can be changed and deleted here.' },
    CONFIGURATION: { description: "From this server's configuration: it is managed elsewhere." },
  } as const,
});

export const ClusterStatusEnum = builder.enumType('ClusterStatus', {
  description: 'What a cluster is doing.',
  values: {
    CREATING: { description: 'It is being made and has no endpoint yet.' },
    AVAILABLE: { description: 'It serves. A configured deployment counts as this; see `dataAccess`.' },
    MODIFYING: { description: 'It serves while something of it is changed.' },
    REBOOTING: { description: 'Its nodes are being restarted.' },
    DELETING: { description: 'It is being taken down.' },
    SNAPSHOTTING: { description: 'It serves while a snapshot is taken.' },
    CREATE_FAILED: { description: 'It could not be made, and can only be deleted.' },
    UNKNOWN: { description: 'ElastiCache names a status that this API does not know.' },
  } as const,
});

export const TransitEncryptionEnum = builder.enumType('TransitEncryption', {
  description: 'TLS between clients and nodes: off, offered, demanded.',
  values: {
    DISABLED: { description: 'Clients connect without TLS.' },
    PREFERRED: { description: 'Clients may connect with TLS or without.' },
    REQUIRED: { description: 'Clients must connect with TLS.' },
  } as const,
});

export const AutomaticFailoverEnum = builder.enumType('AutomaticFailover', {
  description: 'Whether a replica takes over by itself where a primary fails.',
  values: {
    ENABLED: { description: 'A replica takes over.' },
    DISABLED: { description: 'Nobody takes over.' },
    ENABLING: { description: 'It is being turned on.' },
    DISABLING: { description: 'It is being turned off.' },
  } as const,
});
