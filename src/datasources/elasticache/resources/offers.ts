import {
  DescribeCacheEngineVersionsCommand,
  ListAllowedNodeTypeModificationsCommand,
  type CacheEngineVersion,
} from '@aws-sdk/client-elasticache';
import type { ElastiCacheCalls } from '../calls.js';
import type { ControlPlane } from '../interfaces.js';
import { allPages } from './pages.js';
import { engineOf } from './shapes.js';

/** The control plane's methods for what ElastiCache offers: engine versions, and node types for a cluster. */
export function createOffers(calls: ElastiCacheCalls): Pick<ControlPlane, 'engineVersions' | 'allowedNodeTypes'> {
  const versions = (filter: { Engine?: string; DefaultOnly?: boolean } = {}) =>
    allPages(async (Marker) => {
      const command = new DescribeCacheEngineVersionsCommand({ ...filter, Marker });
      const page = await calls.read((client) => client.send(command));
      return { items: page.CacheEngineVersions, marker: page.Marker };
    });
  return {
    async engineVersions() {
      // ElastiCache marks defaults in no other way.
      const [all, ...defaults] = await Promise.all([
        versions(),
        ...['valkey', 'redis'].map((Engine) => versions({ Engine, DefaultOnly: true })),
      ]);
      const defaultKeys = new Set(defaults.flat().map(keyOf));
      return all.flatMap((offered) => {
        const engine = engineOf(offered.Engine);
        if (engine === null) return [];
        const { EngineVersion: version = '', CacheParameterGroupFamily: parameterGroupFamily = '' } = offered;
        return [{ engine, version, parameterGroupFamily, isDefault: defaultKeys.has(keyOf(offered)) }];
      });
    },
    async allowedNodeTypes({ cluster, isCacheCluster }) {
      const of = isCacheCluster ? { CacheClusterId: cluster } : { ReplicationGroupId: cluster };
      const command = new ListAllowedNodeTypeModificationsCommand(of);
      const allowed = await calls.read((client) => client.send(command));
      return { scaleUp: allowed.ScaleUpModifications ?? [], scaleDown: allowed.ScaleDownModifications ?? [] };
    },
  };
}

function keyOf({ Engine = '', EngineVersion = '' }: CacheEngineVersion): string {
  return `${Engine.toLowerCase()} ${EngineVersion}`;
}
