import assert from 'node:assert/strict';
import type { ElastiCache, ReplicationGroup } from '@aws-sdk/client-elasticache';
import type { NodeAddress } from '../../../../src/local-elasticache/nodes/interfaces.js';
import { canary } from '../../run/canary.js';
import type { AccountView } from './account-view.js';
import {
  createAcknowledgedWriter,
  lostKeys,
  type Acknowledged,
  type AcknowledgedWriter,
} from './acknowledged-writer.js';
import { createKeyClient, type Access, type KeyClient } from './key-client.js';
import type { Situation } from './operation.js';

/** The clients of the groups, and what they have written. */
export interface Scene {
  readonly situation: Pick<Situation, 'newName' | 'acknowledgedOf' | 'contents'>;
  accessTo(this: void, groupId: string): Access;
  /** Begins to write to all groups. */
  follow(client: ElastiCache, view: AccountView): Promise<void>;
  /** Stops writing. */
  leave(): Promise<void>;
  /** Every acknowledged write is there. */
  checkKeys(client: ElastiCache, view: AccountView): Promise<void>;
  acknowledgedWrites(): number;
}

const password = canary('kills');
/** The user of the clients of `solo`. */
const username = 'writer';

/** Creates a group with TLS and users, and one with cluster mode. */
export async function setUp(client: ElastiCache): Promise<void> {
  for (const name of ['off-a', 'off-b', 'on-a', 'on-b']) {
    const named = { CacheParameterGroupName: name };
    await client.createCacheParameterGroup({ ...named, CacheParameterGroupFamily: 'valkey8', Description: 'A test' });
    if (!name.startsWith('on')) continue;
    const ParameterNameValues = [{ ParameterName: 'cluster-enabled', ParameterValue: 'yes' }];
    await client.modifyCacheParameterGroup({ ...named, ParameterNameValues });
  }
  const user = { Engine: 'valkey', AccessString: 'on ~* &* +@all', Passwords: [password] };
  await client.createUser({ UserId: username, UserName: username, ...user });
  await client.createUserGroup({ UserGroupId: 'team', Engine: 'valkey', UserIds: [username] });
  const shape = { Engine: 'valkey', EngineVersion: '8.0', CacheNodeType: 'cache.t3.small' };
  await client.createReplicationGroup({
    ...{ ReplicationGroupId: 'solo', ReplicationGroupDescription: 'With TLS', ...shape },
    ...{ CacheParameterGroupName: 'off-a', NumCacheClusters: 2, AutomaticFailoverEnabled: true },
    ...{ TransitEncryptionEnabled: true, UserGroupIds: ['team'] },
  });
  await client.createReplicationGroup({
    ...{ ReplicationGroupId: 'sharded', ReplicationGroupDescription: 'With cluster mode', ...shape },
    ...{ CacheParameterGroupName: 'on-a', NumNodeGroups: 1, ReplicasPerNodeGroup: 1, AutomaticFailoverEnabled: true },
  });
}

export function createScene(): Scene {
  const writers = new Map<string, AcknowledgedWriter>();
  const contents = new Map<string, Acknowledged>();
  let clients: KeyClient[] = [];
  let ca: string | undefined;
  let names = 0;
  const accessTo = (groupId: string): Access => (groupId === 'solo' ? { ca, username, password } : {});
  const openClient = (endpoint: ElastiCache, groupId: string): KeyClient =>
    createKeyClient(() => entryOf(endpoint, groupId), accessTo(groupId));

  /** A restored group has at least what its snapshot has. */
  const writerOf = ({ ReplicationGroupId: id = '', Description = '' }: ReplicationGroup): AcknowledgedWriter => {
    const [, snapshot] = /^Restored from (\S+)$/.exec(Description) ?? [];
    const known =
      writers.get(id) ?? createAcknowledgedWriter(snapshot === undefined ? undefined : contents.get(snapshot));
    writers.set(id, known);
    return known;
  };

  return {
    accessTo,
    situation: {
      newName: (prefix) => `${prefix}-${(names += 1)}`,
      acknowledgedOf: (groupId) => writers.get(groupId)?.acknowledged() ?? new Map<string, number>(),
      contents,
    },
    async follow(endpoint, { groups }) {
      ca ??= await certificateOf(endpoint);
      for (const group of groups) {
        const client = openClient(endpoint, group.ReplicationGroupId!);
        clients.push(client);
        writerOf(group).resume(client);
      }
    },
    async leave() {
      const pausing = [...writers.values()].map((writer) => writer.pause());
      for (const client of clients) client.close();
      await Promise.all(pausing);
      for (const client of clients) client.close();
      clients = [];
    },
    async checkKeys(endpoint, { groups }) {
      for (const group of groups) {
        const client = openClient(endpoint, group.ReplicationGroupId!);
        try {
          const lost = await lostKeys(client, writerOf(group).acknowledged());
          assert.deepEqual(lost, [], `${lost.length} acknowledged writes to ${group.ReplicationGroupId} are lost`);
        } finally {
          client.close();
        }
      }
    },
    acknowledgedWrites: () => [...writers.values()].reduce((sum, writer) => sum + writer.count(), 0),
  };
}

async function certificateOf({ config }: ElastiCache): Promise<string> {
  const { protocol, hostname, port } = await config.endpoint!();
  const response = await fetch(`${protocol}//${hostname}:${port}/ca.pem`);
  return response.text();
}

/** The primary endpoint of a group without cluster mode; any node of the others. */
async function entryOf(endpoint: ElastiCache, id: string): Promise<NodeAddress> {
  const { ReplicationGroups = [] } = await endpoint.describeReplicationGroups({});
  const group = ReplicationGroups.find(({ ReplicationGroupId }) => ReplicationGroupId === id);
  const found = group?.ConfigurationEndpoint ?? group?.NodeGroups?.[0]?.PrimaryEndpoint;
  if (!found) throw new Error(`${id} has no endpoint now.`);
  return { host: found.Address!, port: found.Port! };
}
