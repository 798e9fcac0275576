import * as z from 'zod';
import { eventShape } from './records/event.js';
import { parameterGroupShape } from './records/parameter-group.js';
import { replicationGroupShape } from './records/replication-group.js';
import { snapshotShape } from './records/snapshot.js';
import { subnetGroupShape } from './records/subnet-group.js';
import { userGroupShape } from './records/user-group.js';
import { userShape } from './records/user.js';

/**
 * The resources of one region. Passwords and AUTH tokens are stored as SHA-256 only. IDs that ElastiCache compares
 * case-insensitively are stored in lower case.
 */
export const regionStateShape = z.object({
  users: z.array(userShape),
  userGroups: z.array(userGroupShape),
  replicationGroups: z.array(replicationGroupShape),
  subnetGroups: z.array(subnetGroupShape),
  parameterGroups: z.array(parameterGroupShape),
  /** Missing in files of earlier versions. */
  snapshots: z.array(snapshotShape).optional(),
  /** By ARN. */
  tags: z.record(z.string(), z.array(z.object({ key: z.string(), value: z.string() }))),
  /** Oldest first. */
  events: z.array(eventShape),
});

export type State = z.infer<typeof regionStateShape>;

/** The region of requests that name none. */
export const defaultRegion = 'us-east-1';

/** The initial state of a region: the user and the subnet group `default` exist, as on AWS. */
export function initialState(region: string): State {
  return {
    users: [
      {
        id: 'default',
        name: 'default',
        engine: 'REDIS',
        status: 'active',
        accessString: 'on ~* +@all',
        authentication: 'NO_PASSWORD',
        passwordHashes: [],
      },
    ],
    userGroups: [],
    replicationGroups: [],
    subnetGroups: [
      {
        name: 'default',
        description: 'Default CacheSubnetGroup',
        subnets: ['a', 'b', 'c'].map((zone) => ({ id: `subnet-local-${zone}`, availabilityZone: `${region}${zone}` })),
      },
    ],
    parameterGroups: [],
    tags: {},
    events: [],
  };
}
