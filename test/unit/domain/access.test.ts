import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAccess, unrestricted, type Grant } from '../../../src/domain/access/access.js';
import { createGlob } from '../../../src/runtime/glob.js';
import { permissions, permissionsMatching } from '../../../src/domain/access/permissions.js';

const bytes = (text: string) => Buffer.from(text);
const grant = (given: Partial<Grant>): Grant => ({
  operations: [],
  clusters: ['*'],
  keys: [],
  channels: [],
  groups: [],
  ...given,
});

describe('A pattern of permissions', () => {
  test('selects by noun, by action, by both, or all', () => {
    expect(permissionsMatching('keys:read')).toEqual(['keys:read']);
    expect(permissionsMatching('groups:*')).toEqual(['groups:read', 'groups:write', 'groups:admin']);
    expect(permissionsMatching('*:write')).toEqual(['keys:write', 'channels:write', 'streams:write', 'groups:write']);
    expect(permissionsMatching('*')).toEqual(permissions);
    expect(permissionsMatching('*:*')).toEqual(permissions);
  });

  test.each(['', 'keys', 'keys:', ':read', 'KEYS:read', 'keys:raed', 'keys:read:more', '**', 'k*:read'])(
    'selects nothing if it is %j',
    (pattern) => {
      expect(permissionsMatching(pattern)).toEqual([]);
    },
  );
});

describe('A grant', () => {
  test('gives the permissions that it names and no others', () => {
    const access = createAccess([grant({ operations: ['keys:read'], keys: ['*'] })]);
    expect(permissions.filter((operation) => access.may(operation))).toEqual(['keys:read']);
    expect(access.may('keys:read', { cluster: 'orders', key: bytes('a') })).toBe(true);
    expect(access.may('keys:write', { cluster: 'orders', key: bytes('a') })).toBe(false);
  });

  test('matches cluster names case-insensitively', () => {
    const access = createAccess([grant({ operations: ['clusters:read'], clusters: ['Orders-*'] })]);
    expect(access.may('clusters:read', { cluster: 'ORDERS-eu' })).toBe(true);
    expect(access.sees('orders-EU')).toBe(true);
    expect(access.sees('orders')).toBe(false);
  });

  test('matches keys, channels and groups case-sensitively, byte by byte', () => {
    const access = createAccess([
      grant({ operations: ['*'], keys: ['session:*'], channels: ['public:?'], groups: ['w[0-9]'] }),
    ]);
    expect(access.may('keys:read', { key: bytes('session:1') })).toBe(true);
    expect(access.may('keys:read', { key: bytes('Session:1') })).toBe(false);
    expect(access.may('keys:read', { key: Buffer.from([...bytes('session:'), 0xff, 0]) })).toBe(true);
    expect(access.may('channels:read', { channel: bytes('public:1') })).toBe(true);
    expect(access.may('channels:read', { channel: bytes('public:12') })).toBe(false);
    expect(access.may('groups:read', { key: bytes('session:1'), group: bytes('w7') })).toBe(true);
    expect(access.may('groups:read', { key: bytes('session:1'), group: bytes('wx') })).toBe(false);
  });

  test('gives nothing on resources of a kind without patterns', () => {
    const access = createAccess([grant({ operations: ['*'], keys: ['*'] })]);
    expect(access.may('channels:read', { channel: bytes('a') })).toBe(false);
    expect(access.may('channels:read', { channelPattern: bytes('*') })).toBe(false);
    expect(access.may('groups:read', { key: bytes('a'), group: bytes('g') })).toBe(false);
  });

  test('must cover the whole request: two that cover half each do not', () => {
    const access = createAccess([
      grant({ operations: ['keys:read'], clusters: ['a'], keys: ['x'] }),
      grant({ operations: ['keys:write'], clusters: ['b'], keys: ['y'] }),
      grant({ operations: ['groups:write'], keys: ['jobs'], groups: ['g'] }),
      grant({ operations: ['groups:write'], keys: ['log'], groups: ['h'] }),
    ]);
    expect(access.may('keys:read', { cluster: 'a', key: bytes('x') })).toBe(true);
    expect(access.may('keys:read', { cluster: 'b', key: bytes('x') })).toBe(false);
    expect(access.may('keys:read', { cluster: 'a', key: bytes('y') })).toBe(false);
    expect(access.may('keys:write', { cluster: 'a', key: bytes('x') })).toBe(false);
    expect(access.may('groups:write', { key: bytes('jobs'), group: bytes('g') })).toBe(true);
    expect(access.may('groups:write', { key: bytes('jobs'), group: bytes('h') })).toBe(false);
  });

  test('for users or the server makes no cluster visible', () => {
    const access = createAccess([grant({ operations: ['users:*', 'server:read'] })]);
    expect(access.sees('orders')).toBe(false);
    expect(createAccess([grant({ operations: ['keys:raed'] })]).sees('orders')).toBe(false);
    expect(createAccess([grant({ operations: ['keys:read'] })]).sees('orders')).toBe(true);
  });

  test('may be missing, which gives nothing; the unrestricted one gives everything', () => {
    const none = createAccess([]);
    expect(permissions.some((operation) => none.may(operation))).toBe(false);
    expect(none.sees('orders')).toBe(false);
    const thing = { cluster: 'a', key: bytes('k'), channel: bytes('c'), channelPattern: bytes('*'), group: bytes('g') };
    expect(permissions.every((operation) => unrestricted.may(operation, thing))).toBe(true);
  });
});

describe('A requested pattern', () => {
  const covers = (granted: readonly string[], asked: string) =>
    createAccess([grant({ operations: ['*'], channels: granted })]).may('channels:read', {
      channelPattern: bytes(asked),
    });

  test.each([
    [['public:*'], 'public:*'],
    [['public:*'], 'public:news.*'],
    [['public:*'], 'public:[ab]?'],
    [['public:[ab]'], 'public:[ab]'],
    [['public:?'], 'public:1'],
    [['a', 'b*'], 'b?'],
    [['*'], '*'],
    [['*'], '\\*[^x]'],
  ])('is covered by %j: %s', (granted, asked) => {
    expect(covers(granted, asked)).toBe(true);
  });

  test.each([
    [['public:*'], '*'],
    [['public:*'], 'public*'],
    [['public:*'], 'publi?:*'],
    [['public:*'], '[p]ublic:*'],
    [['public:*'], 'pub\\lic:*'],
    [['public:?'], 'public:*'],
    [['public:?'], 'public:12'],
    [['public:\\*'], 'public:*'],
    [['public:1'], 'public:?'],
    [[], 'a'],
  ])('is not covered by %j: %s', (granted, asked) => {
    expect(covers(granted, asked)).toBe(false);
  });

  test('is covered only if the grants match everything that it matches', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '[', ']', '^', '-', '\\'), maxLength: 6 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\', '-'), maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(pattern, { maxLength: 3 }),
        pattern,
        fc.array(name, { maxLength: 20 }),
        (granted, asked, names) => {
          if (!covers(granted, asked)) return;
          const access = createAccess([grant({ operations: ['*'], channels: granted })]);
          const matches = createGlob(bytes(asked));
          for (const channel of names.map(bytes).filter(matches)) {
            expect(access.may('channels:read', { channel })).toBe(true);
          }
        },
      ),
      { numRuns: 5000, interruptAfterTimeLimit: 20_000 },
    );
  });
});
