import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkClusterShape, checkSnapshotRetention } from '../../../src/domain/cluster/cluster-shape.js';
import { engineNamed, engineVersion } from '../../../src/domain/cluster/engines.js';
import { groupName, replicationGroupId, userId, userName } from '../../../src/domain/identifiers.js';
import { nodeTypeTable } from '../../../src/domain/cluster/node-type-table.js';
import { nodeType, nodeTypes } from '../../../src/domain/cluster/node-types.js';
import { defaultParameterGroup } from '../../../src/domain/parameters/parameter-families.js';
import { checkAuthentication, checkAuthToken, checkPasswords } from '../../../src/domain/user/passwords.js';
import { checkSlots, shareSlots } from '../../../src/domain/cluster/slots.js';
import { checkTags } from '../../../src/domain/tags.js';
import { checkGroupMembers, checkGroupUse } from '../../../src/domain/user/user-group-members.js';

const password = 'canary-good-Password-1';

describe('identifiers', () => {
  it.each(['a', 'Orders', 'a-b-c', 'x'.repeat(40)])('accepts %s as a replication group', (text) => {
    expect(replicationGroupId(text)).toBe(text.toLowerCase());
  });
  it.each(['', '1a', '-a', 'a-', 'a--b', 'a_b', 'ä', 'a b', 'x'.repeat(41)])(
    'refuses %j as a replication group',
    (text) => {
      expect(() => replicationGroupId(text, ['name'])).toThrow(
        expect.objectContaining({ inputPath: ['name'] }) as Error,
      );
    },
  );
  it('allow user IDs that replication groups may not have', () => {
    expect(userId('App--User-')).toBe('app--user-');
    expect(userName('App/User')).toBe('App/User');
    expect(() => userId('a.b')).toThrow(/user ID/);
    expect(() => userName('a b')).toThrow(/user name/);
    expect(() => groupName('a b', 'subnet group')).toThrow(/subnet group name/);
  });
});

describe('passwords', () => {
  it('accepts one or two of 16 to 128 characters', () => {
    checkPasswords([password, `${password}2`]);
    checkPasswords(['p'.repeat(128)]);
  });
  it.each([
    [[]],
    [[password, 'b'.repeat(16), 'c'.repeat(16)]],
    [['p'.repeat(15)]],
    [['p'.repeat(129)]],
    [[`${password}@`]],
    [[`${password} `]],
    [[password, password]],
  ])('refuses %j without repeating it', (passwords) => {
    expect(() => checkPasswords(passwords)).toThrow(/password/i);
    expect(() => checkPasswords(passwords)).not.toThrow(new RegExp(passwords[0] ?? 'none'));
  });
  it('requires equal user ID and name of an IAM user', () => {
    const iam = { type: 'IAM', passwords: [], userId: 'app' } as const;
    checkAuthentication({ ...iam, userName: 'app' });
    expect(() => checkAuthentication({ ...iam, userName: 'web' })).toThrow('same for authentication type: iam');
    expect(() => checkAuthentication({ ...iam, userName: 'app', passwords: [password] })).toThrow(/cannot be provided/);
  });
  it('requires TLS for an AUTH token', () => {
    checkAuthToken('abcdefgh12345678!&#$^<>-', true);
    expect(() => checkAuthToken('abcdefgh12345678', false)).toThrow(/encryption-in-transit/);
    expect(() => checkAuthToken('abcdefgh12345678@', true)).toThrow(/AuthToken/);
  });
});

describe('engines and node types', () => {
  it('finds a version by its number, a patch of it, or as 6.x', () => {
    expect(engineVersion('VALKEY', '7.2')).toMatchObject({ version: '7.2', parameterGroupFamily: 'valkey7' });
    expect(engineVersion('VALKEY', '8.0.1').version).toBe('8.0');
    expect(engineVersion('REDIS', '6.x').version).toBe('6.2');
    expect(engineVersion('REDIS', undefined).version).toBe('7.1');
    expect(engineNamed('Redis')).toBe('REDIS');
  });
  it.each([
    ['VALKEY', '6.0'],
    ['VALKEY', 'latest'],
    ['REDIS', '8.0'],
    ['REDIS', '4.0.10.1'],
  ] as const)('refuses %s %s', (engine, version) => {
    expect(() => engineVersion(engine, version)).toThrow(/^Cannot find (?:version [\d.]+|this version) for /);
  });
  it('knows the node types and suggests sizes of the family', () => {
    expect(nodeType('cache.t3.small')).toBe('cache.t3.small');
    expect(() => nodeType('cache.t3.huge')).toThrow(/cache\.t3\.micro, cache\.t3\.small, cache\.t3\.medium/);
    expect(() => nodeType('db.t3.small')).toThrow(/for example/);
  });
  it('knows the sizes that AWS lists for each family, and the memory of each', () => {
    expect(() => nodeType('cache.m5.8xlarge')).toThrow(/cache\.m5\.12xlarge, cache\.m5\.24xlarge/);
    for (const missing of ['cache.r5.16xlarge', 'cache.m6g.24xlarge', 'cache.m3.4xlarge', 'cache.r6gd.large']) {
      expect(() => nodeType(missing)).toThrow();
    }
    expect(nodeTypeTable.map(({ name }) => name)).toEqual(nodeTypes);
    // `maxmemory` is what AWS states as the memory of a type, but for the oldest ones.
    for (const { name, memoryBytes, maxMemoryBytes } of nodeTypeTable) {
      expect(Math.abs(maxMemoryBytes! / memoryBytes - 1), name).toBeLessThan(0.03);
    }
  });
  it('accepts default parameter groups, and the alias of the tutorial', () => {
    expect(defaultParameterGroup('default.valkey7.2.cluster.on')?.name).toBe('default.valkey7.cluster.on');
    expect(defaultParameterGroup('default.redis7')).toMatchObject({ family: 'redis7', clusterMode: false });
    expect(defaultParameterGroup('default.redis6.x.cluster.on')?.clusterMode).toBe(true);
    expect(defaultParameterGroup('default.valkey3')).toBeUndefined();
    expect(defaultParameterGroup('mine')).toBeUndefined();
  });
});

describe('the shape of a cluster', () => {
  const shape = { clusterMode: false, replicas: [1], automaticFailover: true, multiAz: false };
  it('accepts what ElastiCache accepts', () => {
    checkClusterShape(shape);
    checkClusterShape({ ...shape, replicas: [0], automaticFailover: false });
    checkClusterShape({ ...shape, clusterMode: true, replicas: [1, 2, 0] });
  });
  it.each([
    [{ replicas: [0] }, /at least 2 cache clusters/, 'automaticFailover'],
    [{ replicas: [6] }, /within 0 and 5/, 'replicas'],
    [{ replicas: [] }, /within 1 and 500/, 'shards'],
    [{ replicas: [1, 1] }, /cluster mode/, 'shards'],
    [{ clusterMode: true, automaticFailover: false }, /turned off/, 'automaticFailover'],
    [{ clusterMode: true, replicas: Array<number>(300).fill(1) }, /at most 500 nodes/, 'shards'],
    [{ multiAz: true, automaticFailover: false }, /Multi-AZ/, 'multiAz'],
  ])('refuses %j', (change, message, field) => {
    const check = () => checkClusterShape({ ...shape, ...change }, (name) => ['input', name]);
    expect(check).toThrow(message);
    expect(check).toThrow(expect.objectContaining({ inputPath: ['input', field] }) as Error);
  });
  it('limits snapshot retention to 0 to 35 days', () => {
    checkSnapshotRetention(35);
    expect(() => checkSnapshotRetention(36)).toThrow(/35/);
  });
  it('distributes all slots to any number of shards', () => {
    expect(shareSlots(2)).toEqual(['0-8191', '8192-16383']);
    expect(shareSlots(3)).toEqual(['0-5461', '5462-10922', '10923-16383']);
    fc.assert(fc.property(fc.integer({ min: 1, max: 500 }), (shards) => checkSlots(shareSlots(shards))));
  });
  it.each([
    [['0-16382'], /16383 is missing/],
    [['0-16383', '7'], /7 is given to two/],
    [['0-16384'], /ranges within/],
    [['x'], /ranges within/],
  ])('refuses the slots %j', (slots, message) => expect(() => checkSlots(slots)).toThrow(message));
});

describe('user groups and tags', () => {
  const member = { userName: 'app', engine: 'REDIS', authentication: { type: 'PASSWORD' } } as const;
  const standard = { ...member, userName: 'default' };
  it('requires a user named default with engine redis only', () => {
    checkGroupMembers('VALKEY', [member]);
    checkGroupMembers('REDIS', [member, standard]);
    expect(() => checkGroupMembers('REDIS', [member])).toThrow(
      'User group needs to contain a user with the user name default.',
    );
    expect(() => checkGroupMembers('REDIS', [standard, member, member])).toThrow(
      expect.objectContaining({ code: 'DUPLICATE_USER_NAME' }) as Error,
    );
    expect(() => checkGroupMembers('REDIS', [standard, { ...member, engine: 'VALKEY' }])).toThrow(/engine redis/);
    expect(() => checkGroupMembers('VALKEY', [{ ...member, authentication: { type: 'NO_PASSWORD' } }])).toThrow(
      /password/,
    );
  });
  it('requires TLS for its use', () => {
    const use = { clusterEngine: 'VALKEY', tls: true, userGroupEngines: ['REDIS'], authToken: false } as const;
    checkGroupUse(use);
    checkGroupUse({ ...use, tls: false, userGroupEngines: [] });
    expect(() => checkGroupUse({ ...use, tls: false })).toThrow(/encryption-in-transit/);
    expect(() => checkGroupUse({ ...use, authToken: true })).toThrow(/together/);
    expect(() => checkGroupUse({ ...use, userGroupEngines: ['REDIS', 'REDIS'] })).toThrow(/one user group/);
    expect(() => checkGroupUse({ ...use, clusterEngine: 'REDIS', userGroupEngines: ['VALKEY'] })).toThrow(
      /engine redis/,
    );
  });
  it('limits tags', () => {
    checkTags([{ key: 'team', value: '' }]);
    expect(() => checkTags([{ key: 'aws:x', value: '' }])).toThrow(/aws:/);
    expect(() =>
      checkTags([
        { key: 'a', value: '' },
        { key: 'a', value: 'b' },
      ]),
    ).toThrow(/twice/);
    expect(() => checkTags(Array.from({ length: 51 }, (_, i) => ({ key: `k${i}`, value: '' })))).toThrow(/at most 50/);
  });
});
