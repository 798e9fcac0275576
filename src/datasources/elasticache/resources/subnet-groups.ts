import {
  CreateCacheSubnetGroupCommand,
  DeleteCacheSubnetGroupCommand,
  DescribeCacheSubnetGroupsCommand,
  ModifyCacheSubnetGroupCommand,
  type CacheSubnetGroup,
} from '@aws-sdk/client-elasticache';
import type { SubnetGroup } from '../../../domain/cluster/subnet-group.js';
import type { ElastiCacheCalls } from '../calls.js';
import type { ControlPlane } from '../interfaces.js';
import { allPages } from './pages.js';
import { awsTag } from './shapes.js';

/** The control plane's methods for subnet groups. */
export function createSubnetGroups(
  calls: ElastiCacheCalls,
): Pick<ControlPlane, 'subnetGroups' | 'createSubnetGroup' | 'modifySubnetGroup' | 'deleteSubnetGroup'> {
  return {
    async subnetGroups() {
      const groups = await allPages(async (Marker) => {
        const page = await calls.read((client) => client.send(new DescribeCacheSubnetGroupsCommand({ Marker })));
        return { items: page.CacheSubnetGroups, marker: page.Marker };
      });
      return groups.map(subnetGroupOf);
    },
    async createSubnetGroup({ name, description, subnetIds, tags }) {
      const command = new CreateCacheSubnetGroupCommand({
        CacheSubnetGroupName: name,
        CacheSubnetGroupDescription: description,
        SubnetIds: [...subnetIds],
        ...(tags.length > 0 && { Tags: tags.map(awsTag) }),
      });
      const { CacheSubnetGroup: created } = await calls.write('createSubnetGroup', (client) => client.send(command));
      return subnetGroupOf(created ?? {});
    },
    async modifySubnetGroup({ name, description, subnetIds }) {
      const command = new ModifyCacheSubnetGroupCommand({
        CacheSubnetGroupName: name,
        CacheSubnetGroupDescription: description,
        ...(subnetIds && { SubnetIds: [...subnetIds] }),
      });
      const { CacheSubnetGroup: changed } = await calls.write('modifySubnetGroup', (client) => client.send(command));
      return subnetGroupOf(changed ?? {});
    },
    async deleteSubnetGroup({ name }) {
      const command = new DeleteCacheSubnetGroupCommand({ CacheSubnetGroupName: name });
      await calls.write('deleteSubnetGroup', (client) => client.send(command));
    },
  };
}

function subnetGroupOf(group: CacheSubnetGroup): SubnetGroup {
  return {
    name: group.CacheSubnetGroupName ?? '',
    arn: group.ARN ?? '',
    description: group.CacheSubnetGroupDescription ?? null,
    vpcId: group.VpcId ?? null,
    subnets: (group.Subnets ?? []).map((subnet) => ({
      subnetId: subnet.SubnetIdentifier ?? '',
      availabilityZone: subnet.SubnetAvailabilityZone?.Name ?? null,
    })),
  };
}
