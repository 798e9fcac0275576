import { AwsFault } from '../wire/fault.js';

/** The actions that are refused for good, by what the local endpoint lacks. */
const lacking: Readonly<Record<string, readonly string[]>> = {
  'has no serverless caches': [
    'CopyServerlessCacheSnapshot',
    'CreateServerlessCache',
    'CreateServerlessCacheSnapshot',
    'DeleteServerlessCache',
    'DeleteServerlessCacheSnapshot',
    'ExportServerlessCacheSnapshot',
    'ModifyServerlessCache',
  ],
  'has no global datastores': [
    'CreateGlobalReplicationGroup',
    'DecreaseNodeGroupsInGlobalReplicationGroup',
    'DeleteGlobalReplicationGroup',
    'DisassociateGlobalReplicationGroup',
    'FailoverGlobalReplicationGroup',
    'IncreaseNodeGroupsInGlobalReplicationGroup',
    'ModifyGlobalReplicationGroup',
    'RebalanceSlotsInGlobalReplicationGroup',
  ],
  'has no cache security groups, which belong to EC2-Classic': [
    'AuthorizeCacheSecurityGroupIngress',
    'CreateCacheSecurityGroup',
    'DeleteCacheSecurityGroup',
    'RevokeCacheSecurityGroupIngress',
  ],
  'sells no reserved nodes': ['PurchaseReservedCacheNodesOffering'],
  'has no service updates': ['BatchApplyUpdateAction', 'BatchStopUpdateAction'],
  'migrates no data from other servers': ['CompleteMigration', 'StartMigration', 'TestMigration'],
};

const reasons = new Map(
  Object.entries(lacking).flatMap(([reason, actions]) => actions.map((action) => [action, reason] as const)),
);

/** The reason why the local endpoint will never have an action; undefined if it could have it one day. */
export const reasonToRefuse = (action: string): string | undefined => reasons.get(action);

/** The fault of an action of AWS that the local endpoint does not have. */
export function notImplemented(action: string): AwsFault {
  const reason = reasonToRefuse(action);
  const why = reason === undefined ? '' : `, which ${reason}`;
  return new AwsFault('NotImplemented', `${action} is not implemented by the local ElastiCache endpoint${why}.`);
}
