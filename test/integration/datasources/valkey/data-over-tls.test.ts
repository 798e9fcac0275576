import { describe, expect, it } from 'vitest';
import { openDataApi } from '../../../helpers/apis/data-api.js';
import { describeGroup } from '../../../helpers/valkey/described-cluster.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { groupSpec, startFleet, userWithPassword } from '../../../helpers/elasticache/fleet.js';

const off = { name: 'default', rules: ['off'] };
const alice = userWithPassword('alice', 'canary-secret-of-alice');
const credentials = { username: 'alice', password: 'canary-secret-of-alice' };

describe.each([
  ['without cluster mode', undefined],
  ['in cluster mode', 2],
] as const)('data over TLS as a user, %s', (_title, shards) => {
  it('is read, written and subscribed to, and requires the certificate authority', async () => {
    await using fleet = await startFleet();
    const spec = groupSpec({
      tls: true,
      users: [off, alice],
      replicas: 1,
      ...(shards === undefined ? {} : { shards }),
    });
    const group = await fleet.start(spec);
    const cluster = { ...describeGroup(group, shards !== undefined), userGroupIds: ['staff'] };

    await using stranger = openDataApi(cluster);
    await expect(stranger.connections.connect('orders', credentials)).rejects.toMatchObject({
      code: 'CLUSTER_UNAVAILABLE',
    });

    await using api = openDataApi(cluster, { ca: () => fleet.caCertificate() });
    const wrong = api.connections.connect('orders', { ...credentials, password: 'canary-wrong' });
    await expect(wrong).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await api.connections.connect('orders', credentials);
    expect(api.connections.dataAccess('orders')).toMatchObject({ state: 'CONNECTED', username: 'alice', tls: true });
    for (const key of ['a', 'b', 'c']) await api.mutate('setString', '{ applied }', { key, value: key });
    expect(await api.cluster('keyCount keysByName(names: ["a", "b", "c"]) { ... on StringKey { value } }')).toEqual({
      keyCount: 3,
      keysByName: [{ value: 'a' }, { value: 'b' }, { value: 'c' }],
    });

    const heard: string[] = [];
    await using subscriber = await api.connections.subscriber('orders', {
      message: (_kind, _channel, payload) => void heard.push(payload.toString()),
      reconnected: () => undefined,
      refused: () => undefined,
    });
    await subscriber.subscribe('channel', [Buffer.from('news')]);
    await api.mutate('publish', '{ receivers }', { channel: 'news', payload: 'hello' });
    await eventually(() => expect(heard).toEqual(['hello']));
    await using waiting = await api.connections.blocking('orders', Buffer.from('s'));
    expect(await waiting.send(['XREAD', 'BLOCK', '1', 'STREAMS', 's', '$'])).toBeNull();
  });
});
