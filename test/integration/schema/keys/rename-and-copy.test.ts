import { describe, expect, it } from 'vitest';
import { openAccessApi } from '../../../helpers/apis/access-api.js';
import { commandsDuring, openDataApi } from '../../../helpers/apis/data-api.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster } from '../../../helpers/valkey/valkey.js';

const userErrors = 'userErrors { code path cause message }';
const payload = `{ applied key { name type ttlSeconds ... on StringKey { value } } ${userErrors} }`;

describe('renameKey', () => {
  it('moves the value and the expiry, replacing a key of another type', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'a', 'v', 'EX', '100');
    await server.command('RPUSH', 'b', 'element');
    expect(await api.mutate('renameKey', payload, { key: 'a', newKey: 'b' })).toEqual({
      ...{ applied: true, userErrors: [] },
      key: { name: 'b', type: 'STRING', ttlSeconds: expect.closeTo(98, -1), value: 'v' },
    });
    expect(await server.command('EXISTS', 'a')).toBe(0);
    expect(await api.mutate('renameKey', payload, { key: 'b', newKey: 'b' })).toMatchObject({ applied: true });
  });

  it('keeps a key that has the new name, if asked to', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('MSET', 'a', '1', 'b', '2');
    const rename = (newKey: string) => api.mutate('renameKey', payload, { key: 'a', newKey, onlyIfAbsent: true });
    expect(await rename('b')).toMatchObject({ applied: false, key: { name: 'b', value: '2' }, userErrors: [] });
    expect(await server.command('GET', 'a')).toBe('1');
    expect(await rename('c')).toMatchObject({ applied: true, key: { name: 'c', value: '1' } });
  });
});

describe('copyKey', () => {
  it('copies the value and the expiry, and replaces only if asked to', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'a', 'v', 'EX', '100');
    await server.command('RPUSH', 'b', 'element');
    const copy = (newKey: string, replace?: boolean) => api.mutate('copyKey', payload, { key: 'a', newKey, replace });
    expect(await copy('c')).toEqual({
      ...{ applied: true, userErrors: [] },
      key: { name: 'c', type: 'STRING', ttlSeconds: expect.closeTo(98, -1), value: 'v' },
    });
    expect(await copy('b')).toMatchObject({ applied: false, key: { name: 'b', type: 'LIST' }, userErrors: [] });
    expect(await copy('b', true)).toMatchObject({ applied: true, key: { name: 'b', value: 'v' } });
    expect(await server.command('GET', 'a')).toBe('v');
    expect(await copy('a', true)).toMatchObject({
      ...{ applied: null, userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'newKey'] }] },
    });
  });
});

describe.each([
  ['renameKey', {}],
  ['renameKey', { onlyIfAbsent: true }],
  ['copyKey', {}],
  ['copyKey', { replace: true }],
] as const)('%s %o', (name, options) => {
  it('says that the key does not exist', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'b', 'v');
    for (const newKey of ['b', 'c']) {
      expect(await api.mutate(name, payload, { key: 'absent', newKey, ...options })).toMatchObject({
        ...{ applied: null, key: null },
        userErrors: [{ code: 'NOT_FOUND', path: ['input', 'key'], message: 'There is no key of this name.' }],
      });
    }
    expect(await server.command('GET', 'b')).toBe('v');
  });

  it('accepts names that are no text, and refuses names that are not in the encoding', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const hex = { encoding: 'HEX', ...options };
    await api.mutate('setString', '{ applied }', { ...{ key: '00ff0d0a', encoding: 'HEX' }, value: 'v' });
    const selection = `{ applied key { name(encoding: HEX) } ${userErrors} }`;
    expect(await api.mutate(name, selection, { key: '00ff0d0a', newKey: 'ff', ...hex })).toEqual({
      ...{ applied: true, key: { name: 'ff' }, userErrors: [] },
    });
    for (const [key, newKey, path] of [
      ['zz', 'ff', 'key'],
      ['ff', 'f', 'newKey'],
    ] as const) {
      expect(await api.mutate(name, selection, { key, newKey, ...hex })).toMatchObject({
        userErrors: [{ code: 'INVALID_INPUT', path: ['input', path] }],
      });
    }
  });

  it('refuses names of different hash slots in cluster mode, before anything is sent', async () => {
    await using cluster = await startValkeyCluster();
    await using api = openDataApi(describeCluster(cluster));
    for (const key of ['{1}a', '{2}a', '{3}a']) {
      await api.mutate('setString', '{ applied }', { key, value: key });
      expect(await api.mutate(name, payload, { key, newKey: `${key}b`, ...options })).toMatchObject({
        ...{ applied: true, key: { value: key }, userErrors: [] },
      });
    }
    const counts = await commandsDuring(cluster.primaries, async () => {
      expect(await api.mutate(name, payload, { key: '{1}ab', newKey: '{2}c', ...options })).toEqual({
        ...{ applied: null, key: null },
        userErrors: [
          {
            ...{ code: 'CROSS_SLOT', path: ['input', 'newKey'], cause: null },
            message:
              'Expected keys of one hash slot, got slots 9842 and 5649. Names with the same hash tag, such as {cart}:old and {cart}:new, have one slot.',
          },
        ],
      });
    });
    expect(counts).toEqual({});
  });

  it('reports what the ACL denies for either key', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~own:* +@all' } });
    await using api = openDataApi(describeServer(server));
    await server.command('MSET', 'own:a', 'v', 'foreign:a', 'v');
    for (const [key, newKey] of [
      ['own:a', 'foreign:b'],
      ['foreign:a', 'own:b'],
    ]) {
      expect(await api.mutate(name, `{ ${userErrors} }`, { key, newKey, ...options })).toMatchObject({
        userErrors: [{ code: 'PERMISSION_DENIED', cause: 'NOPERM' }],
      });
    }
    expect(await server.command('EXISTS', 'own:b', 'foreign:b')).toBe(0);
  });

  it('requires the permission to write both keys', async () => {
    await using api = await openAccessApi();
    const document = (key: string, newKey: string) => {
      const given = Object.entries(options).map(([option, value]) => `, ${option}: ${value}`);
      return `mutation { ${name}(input: { cluster: "orders", key: "${key}", newKey: "${newKey}"${given.join('')} }) { applied } }`;
    };
    const grants = [{ operations: ['keys:write' as const], clusters: ['orders'], keys: ['session:*'] }];
    for (const [key, newKey] of [
      ['session:StringKey', 'private:new'],
      ['private:StringKey', 'session:new'],
    ] as const) {
      const { errors, touched } = await api.ask(grants, document(key, newKey));
      expect(errors).toMatchObject([{ code: 'FORBIDDEN' }]);
      expect(touched).toEqual([]);
    }
    const { data } = await api.ask(grants, document('session:StringKey', 'session:new'));
    expect(data).toEqual({ [name]: { applied: true } });
  });
});
