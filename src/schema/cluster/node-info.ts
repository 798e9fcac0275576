import { replicationLagBytes, type ReportedNodeInfo } from '../../resolvers/cluster/cluster-node.js';
import { builder } from '../builder.js';
import { NodeRoleEnum } from './node-role.js';
import { guardedByParent } from '../shared/scopes.js';

/** The parts of INFO that people look at. */
export const NodeInfoRef = builder.objectRef<ReportedNodeInfo>('NodeInfo').implement({
  extensions: guardedByParent('clusters:read'),
  description: 'The parts of INFO that people look at; null where the node does not answer.',
  fields: (t) => {
    const count = (name: CountName, description: string) =>
      t.field({ type: 'SafeInt', nullable: false, description, resolve: (info) => info[name] });
    return {
      version: t.exposeString('version', {
        nullable: false,
        description: 'Version of the engine that runs, e.g. `8.0.1`.',
      }),
      uptimeSeconds: t.exposeFloat('uptimeSeconds', { nullable: false, description: 'Since the process started.' }),
      usedMemoryBytes: count('usedMemoryBytes', 'Memory in use.'),
      maxMemoryBytes: count('maxMemoryBytes', 'Memory that it may use; 0 where there is no limit.'),
      connectedClients: t.exposeInt('connectedClients', { nullable: false, description: 'Clients connected now.' }),
      opsPerSecond: t.exposeInt('opsPerSecond', { nullable: false, description: 'Commands per second, of late.' }),
      keyspaceHits: count('keyspaceHits', 'Lookups that found their key, since the start.'),
      keyspaceMisses: count('keyspaceMisses', 'Lookups that did not, since the start.'),
      evictedKeys: count('evictedKeys', 'Keys removed for want of memory, since the start.'),
      expiredKeys: count('expiredKeys', 'Keys removed at the end of their time, since the start.'),
      role: t.expose('role', { type: NodeRoleEnum, nullable: false, description: 'As the node sees itself.' }),
      replicationLagBytes: t.field({
        type: 'SafeInt',
        description: 'How far a replica is behind; null for a primary, or where the primary does not answer.',
        resolve: (info, _arguments, context) => replicationLagBytes(context, info),
      }),
    };
  },
});

type CountName =
  'usedMemoryBytes' | 'maxMemoryBytes' | 'keyspaceHits' | 'keyspaceMisses' | 'evictedKeys' | 'expiredKeys';
