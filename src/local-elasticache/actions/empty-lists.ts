import {
  CacheSecurityGroupNotFoundFault$,
  GlobalReplicationGroupNotFoundFault$,
  ReservedCacheNodeNotFoundFault$,
  ReservedCacheNodesOfferingNotFoundFault$,
  ServerlessCacheNotFoundFault$,
  ServerlessCacheSnapshotNotFoundFault$,
  ServiceUpdateNotFoundFault$,
} from '@aws-sdk/client-elasticache';
import { fault } from '../wire/fault.js';
import type { ActionContext } from './action-context.js';
import { pageOf } from './shared/paging.js';

type NotFound = Parameters<typeof fault>[0];

/**
 * Creates an action for resources that a local account never has: it returns the empty list `list`, or "not found"
 * if the input names an ID in its member `idMember`. Its pages are checked as those of other lists.
 */
function emptyList(list: string, idMember?: string, notFound?: NotFound) {
  return (_endpoint: ActionContext, input: Readonly<Record<string, unknown>>): object => {
    const id = idMember === undefined ? undefined : input[idMember];
    if (notFound && typeof id === 'string') throw fault(notFound, `${idMember ?? ''} ${id.slice(0, 60)} not found.`);
    const { Marker, MaxRecords } = input;
    pageOf([], String, {
      Marker: typeof Marker === 'string' ? Marker : undefined,
      MaxRecords: typeof MaxRecords === 'number' ? MaxRecords : undefined,
    });
    return { [list]: [] };
  };
}

export const emptyLists = {
  DescribeCacheSecurityGroups: emptyList(
    'CacheSecurityGroups',
    'CacheSecurityGroupName',
    CacheSecurityGroupNotFoundFault$,
  ),
  DescribeGlobalReplicationGroups: emptyList(
    'GlobalReplicationGroups',
    'GlobalReplicationGroupId',
    GlobalReplicationGroupNotFoundFault$,
  ),
  DescribeReservedCacheNodes: emptyList('ReservedCacheNodes', 'ReservedCacheNodeId', ReservedCacheNodeNotFoundFault$),
  DescribeReservedCacheNodesOfferings: emptyList(
    'ReservedCacheNodesOfferings',
    'ReservedCacheNodesOfferingId',
    ReservedCacheNodesOfferingNotFoundFault$,
  ),
  DescribeServerlessCaches: emptyList('ServerlessCaches', 'ServerlessCacheName', ServerlessCacheNotFoundFault$),
  DescribeServerlessCacheSnapshots: emptyList(
    'ServerlessCacheSnapshots',
    'ServerlessCacheSnapshotName',
    ServerlessCacheSnapshotNotFoundFault$,
  ),
  DescribeServiceUpdates: emptyList('ServiceUpdates', 'ServiceUpdateName', ServiceUpdateNotFoundFault$),
  DescribeUpdateActions: emptyList('UpdateActions'),
};
