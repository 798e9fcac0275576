import { expect, test } from 'vitest';
import { startLocalApi } from '../../../helpers/apis/local-api.js';
import { eventually } from '../../../helpers/run/eventually.js';

test.each(['DISABLED', 'ENABLED'])(
  'setReplicaCount counts the replicas of each shard with cluster mode %s, although ElastiCache does not tell roles with it enabled',
  async (clusterMode) => {
    await using api = await startLocalApi();
    const answer = async (document: string): Promise<any> => {
      const { data, errors } = await api.run(document);
      expect(errors).toBeUndefined();
      return data;
    };
    const shards = clusterMode === 'ENABLED' ? 2 : 1;
    await answer(
      `mutation { createCluster(input: { name: "a", clusterMode: ${clusterMode}, shards: ${shards}, automaticFailover: true }) { created } }`,
    );
    const nodesAre = (count: number) =>
      eventually(async () => {
        const { cluster } = await answer('{ cluster(name: "a") { status nodes { name } } }');
        expect([cluster.status, cluster.nodes?.length]).toEqual(['AVAILABLE', count * shards]);
      });
    await nodesAre(2);
    for (const replicas of [2, 2, 3, 1]) {
      const { setReplicaCount } = await answer(
        `mutation { setReplicaCount(input: { cluster: "a", replicasPerShard: ${replicas} }) { userErrors { code message } } }`,
      );
      expect(setReplicaCount.userErrors).toEqual([]);
      await nodesAre(replicas + 1);
    }
  },
);
