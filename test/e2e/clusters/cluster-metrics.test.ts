import { expect, test } from 'vitest';
import { all, makeApiKey, writeAccessFile } from '../../helpers/access/access.js';
import { serve } from '../../helpers/apis/served-api.js';
import { connect, subscribe } from '../../helpers/clients/graphql-client.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

test('metrics name nodes only to callers who may read clusters, and require nodes:read on the cluster', async () => {
  const everything = makeApiKey('everything', ['admin']);
  const nodesOnly = makeApiKey('nodes', ['nodes']);
  const elsewhere = makeApiKey('elsewhere', ['elsewhere']);
  await using server = await startValkey();
  await using access = await writeAccessFile({
    roles: {
      admin: { grants: [all] },
      nodes: { grants: [{ operations: ['nodes:read'], clusters: ['orders'] }] },
      elsewhere: { grants: [{ operations: ['nodes:read', 'clusters:read'], clusters: ['other'] }] },
    },
    apiKeys: [everything, nodesOnly, elsewhere].map(({ entry }) => entry),
  });
  await using api = await serve({ orders: server }, { accessFile: access.path });
  const query =
    'subscription { clusterMetrics(cluster: "orders", everySeconds: 1) { usedMemoryBytes nodes { address usedMemoryBytes node { name } } } }';
  const receive = async ({ bearer }: { readonly bearer: string }) => {
    await using client = connect(api.url, { connectionParams: { authorization: bearer } });
    return await subscribe(client, query).next();
  };
  const address = `${server.host}:${server.port}`;
  const numbers = { usedMemoryBytes: expect.any(Number) as number };

  const [full, limited] = await Promise.all([everything, nodesOnly].map(receive));
  expect(full).toEqual({
    data: { clusterMetrics: { ...numbers, nodes: [{ address, ...numbers, node: { name: address } }] } },
  });
  expect(limited).toMatchObject({
    data: { clusterMetrics: { ...numbers, nodes: [{ address, ...numbers, node: null }] } },
    errors: [{ path: ['clusterMetrics', 'nodes', 0, 'node'], extensions: { code: 'FORBIDDEN' } }],
  });
  const refused = await receive(elsewhere);
  expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(refused.data?.['clusterMetrics'] ?? null).toBeNull();
});
