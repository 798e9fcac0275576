import { replicationLagBytes, type ReportedNodeInfo } from '../../../resolvers/cluster/cluster-node.js';
import { builder } from '../../builder.js';
import { NodeRoleEnum } from '../cluster-enums.js';
import { guardedByParent } from '../../shared/scopes.js';

export const NodeInfoRef = builder.objectRef<ReportedNodeInfo>('NodeInfo').implement({
  extensions: guardedByParent('clusters:read'),
  description: 'The most used facts of INFO, as one node reports them about itself.',
  fields: (t) => {
    const count = (name: CountName, description: string) =>
      t.field({ type: 'SafeInt', nullable: false, description, resolve: (info) => info[name] });
    return {
      version: t.exposeString('version', {
        nullable: false,
        description: 'The version of the running engine, e.g. `8.0.1`.',
      }),
      uptimeSeconds: t.exposeFloat('uptimeSeconds', {
        nullable: false,
        description: 'Seconds since the process started.',
      }),
      usedMemoryBytes: count('usedMemoryBytes', 'Bytes of memory in use.'),
      maxMemoryBytes: count('maxMemoryBytes', 'Bytes of memory that the node may use; 0 if there is no limit.'),
      connectedClients: t.exposeInt('connectedClients', {
        nullable: false,
        description: 'Clients that are connected.',
      }),
      opsPerSecond: t.exposeInt('opsPerSecond', {
        nullable: false,
        description: 'Commands a second, measured by the node over the last moments.',
      }),
      keyspaceHits: count('keyspaceHits', 'Lookups that found a key since the process started.'),
      keyspaceMisses: count('keyspaceMisses', 'Lookups that found no key since the process started.'),
      evictedKeys: count('evictedKeys', 'Keys removed to free memory since the process started.'),
      expiredKeys: count('expiredKeys', 'Keys that expired since the process started.'),
      role: t.expose('role', {
        type: NodeRoleEnum,
        nullable: false,
        description: 'The role that the node itself reports.',
      }),
      replicationLagBytes: t.field({
        type: 'SafeInt',
        description:
          'Bytes by which a replica is behind its primary; null for a primary, or if the primary does not answer.',
        resolve: (info, _arguments, context) => replicationLagBytes(context, info),
      }),
    };
  },
});

type CountName =
  'usedMemoryBytes' | 'maxMemoryBytes' | 'keyspaceHits' | 'keyspaceMisses' | 'evictedKeys' | 'expiredKeys';
