import { describe, expect, test } from 'vitest';
import { parseAccessFile } from '../../../../src/server/admission/access/access-file.js';
import { createAccessRules } from '../../../../src/server/admission/access/access-rules.js';
import { fingerprint, textsOf } from '../../../../src/server/admission/access/claims.js';
import { all } from '../../../helpers/access/access.js';

const hash = 'ab'.repeat(32);
const parse = (content: unknown) => parseAccessFile(JSON.stringify(content));
const rulesOf = (content: unknown) => createAccessRules(parse(content));
const grant = (content: object) => ({ roles: { r: { grants: [content] } } });

describe('An access file', () => {
  test('gives roles their grants, and claims and API keys their roles', () => {
    const rules = rulesOf({
      roles: {
        reader: { grants: [{ operations: ['keys:read'], clusters: ['orders'], keys: ['app:*'] }] },
        admin: { grants: [all] },
      },
      bindings: [
        { claim: 'groups', value: 'ops-*', roles: ['admin'] },
        { everyToken: true, roles: ['reader'] },
      ],
      apiKeys: [{ name: 'ci', sha256: hash.toUpperCase(), roles: ['reader'], expiresAt: '2030-01-01T00:00:00Z' }],
    });
    expect(rules.rolesOf({ groups: ['dev', 'ops-eu'] })).toEqual(['admin', 'reader']);
    expect(rules.rolesOf({})).toEqual(['reader']);
    expect(rules.findApiKey(hash)).toMatchObject({ name: 'ci', expiresAt: Date.UTC(2030, 0) });
    const access = rules.accessOf(['reader']);
    expect(access.may('keys:read', { cluster: 'orders', key: Buffer.from('app:1') })).toBe(true);
    expect(access.may('keys:read', { cluster: 'orders', key: Buffer.from('other') })).toBe(false);
    expect(access.may('keys:write', { cluster: 'orders', key: Buffer.from('app:1') })).toBe(false);
    expect(rules.accessOf(['admin', 'reader'])).toBe(rules.accessOf(['reader', 'admin', 'admin']));
    expect(rules.anonymous).toBeUndefined();
  });

  test('without content admits no one', () => {
    const rules = rulesOf({});
    expect([rules.rolesOf({ sub: 'ada' }), rules.findApiKey(hash), rules.anonymous]).toEqual([
      [],
      undefined,
      undefined,
    ]);
  });

  test.each([
    [[], /the file: .*object/],
    [{ role: {} }, /role/],
    [grant({ operations: [], clusters: ['*'] }), /roles\.r\.grants\.0\.operations: /],
    [
      grant({ operations: ['key:read'], clusters: ['*'] }),
      /roles\.r\.grants\.0\.operations\.0: .*"key:read".*keys:read/,
    ],
    [grant({ operations: ['clusters:read'] }), /roles\.r\.grants\.0\.clusters: expected patterns/],
    [grant({ operations: ['keys:read'], clusters: ['*'] }), /roles\.r\.grants\.0\.keys: expected patterns of keys/],
    [grant({ operations: ['streams:*'], clusters: ['*'] }), /roles\.r\.grants\.0\.keys: /],
    [grant({ operations: ['channels:write'], clusters: ['*'], keys: ['*'] }), /roles\.r\.grants\.0\.channels: /],
    [grant({ operations: ['groups:read'], clusters: ['*'], keys: ['*'] }), /roles\.r\.grants\.0\.groups: /],
    [grant({ operations: ['*'], clusters: ['*'], keys: ['*'], groups: ['*'] }), /roles\.r\.grants\.0\.channels: /],
    [grant({ operations: ['clusters:read'], clusters: [] }), /roles\.r\.grants\.0\.clusters/],
    [grant({ operations: ['clusters:read'], clusters: ['*'], queues: ['*'] }), /roles\.r\.grants\.0: .*queues/],
    [{ bindings: [{ claim: 'sub', value: 'a', roles: ['x'] }] }, /bindings\.0\.roles\.0: unknown role "x"/],
    [{ bindings: [{ claim: 'sub', roles: [] }] }, /bindings\.0: expected \{ "claim"/],
    [{ apiKeys: [{ name: 'a', sha256: 'cg_secret', roles: [] }] }, /apiKeys\.0\.sha256: expected 64 hex/],
    [{ apiKeys: [{ name: 'a', sha256: hash, roles: ['x'] }] }, /apiKeys\.0\.roles\.0: unknown role "x"/],
    [{ apiKeys: [{ name: 'a', sha256: hash, roles: [], expiresAt: 'soon' }] }, /apiKeys\.0\.expiresAt: .*2027/],
    [
      { apiKeys: ['a', 'a'].map((name) => ({ name, sha256: hash, roles: [] })) },
      /apiKeys\.1\.name: [^]*apiKeys\.1\.sha256/,
    ],
    [
      grant({ operations: ['keys:read'], clusters: ['*'], keys: ['*', `${'é'.repeat(128)}x`] }),
      /^roles\.r\.grants\.0\.keys\.1: expected at most 256 bytes, got 257$/,
    ],
    [
      { roles: { r: { grants: [] } }, bindings: [{ claim: 'sub', value: 'x'.repeat(257), roles: ['r'] }] },
      /bindings\.0\.value: expected at most 256 bytes, got 257/,
    ],
    [{ anonymous: { roles: ['x'] } }, /anonymous\.roles\.0: unknown role "x"/],
  ])('is refused with the path of the problem: %j', (content, message) => {
    expect(() => parse(content)).toThrow(message);
  });

  test('is refused without repeating possible secrets', () => {
    const messageOf = (text: string): string => {
      try {
        parseAccessFile(text);
      } catch (error) {
        return String(error);
      }
      throw new Error('Expected a refusal.');
    };
    expect(messageOf(`{"apiKeys":[{"name":"a","sha256":"cg_secret"}]}`)).not.toContain('secret');
    expect(messageOf(`{\n"apiKeys": "${hash}", }`)).not.toContain('abab');
    expect(
      messageOf(JSON.stringify({ apiKeys: [1, 2].map(() => ({ name: 'a', sha256: hash, roles: [] })) })),
    ).not.toContain('abab');
  });
});

describe('A claim', () => {
  const claims = {
    sub: 'ada',
    scope: 'read  write',
    realm: { roles: ['a', 7, true, {}] },
    'https://example.com/groups': ['ops'],
    tenants: [9007199254740991, JSON.parse('9007199254740993')],
  };
  test.each([
    ['sub', ['ada']],
    ['scope', ['read', 'write']],
    ['realm.roles', ['a', '7', 'true']],
    [
      ['realm', 'roles'],
      ['a', '7', 'true'],
    ],
    ['https://example.com/groups', ['ops']],
    ['realm', []],
    ['tenants', ['9007199254740991']],
    ['realm.other.deeper', []],
    ['toString', []],
    ['__proto__.constructor', []],
  ])('has the values of its path %j', (path, texts) => expect(textsOf(claims, path)).toEqual(texts));

  test('about the token is not part of the fingerprint, and every other claim is', () => {
    const known = fingerprint({ sub: 'ada', groups: ['a'], more: { x: 1, y: 2 }, exp: 1, iat: 2, jti: 'x' });
    expect(fingerprint({ more: { y: 2, x: 1 }, groups: ['a'], sub: 'ada', exp: 9, nbf: 3 })).toBe(known);
    expect(fingerprint({ sub: 'ada', groups: ['b'], more: { x: 1, y: 2 } })).not.toBe(known);
  });
});
