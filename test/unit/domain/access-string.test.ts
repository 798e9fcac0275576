import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeAccessString, parseAccessString } from '../../../src/domain/user/access-string.js';
import { elastiCacheVocabulary } from '../../../src/domain/user/command-table.js';
import { ExpectedFailure } from '../../../src/domain/errors.js';

const word = fc.stringMatching(/^[a-z*?:[\]{}-]{1,8}$/);
const rule = fc.oneof(
  fc.constantFrom('on', 'off', 'resetkeys', 'resetchannels', 'allchannels', '&*', '+@all', '-@all', 'nocommands'),
  word.map((pattern) => `~${pattern}`).filter((pattern) => pattern !== '~*'),
  word.map((pattern) => `%R~${pattern}`),
  word.map((pattern) => `&${pattern}`),
  fc
    .tuple(fc.constantFrom('+', '-'), fc.constantFrom(...elastiCacheVocabulary))
    .map(([sign, name]) => `${sign}${name}`),
);
const accessString = fc.array(rule, { maxLength: 12 }).map((rules) => rules.join(' '));

describe('access strings', () => {
  it.each([
    ['off +get ~keys*', 'off ~keys* -@all +get'],
    ['on ~* +@all', 'on ~* +@all'],
    ['on ~app::* -@all +@read', 'on ~app::* -@all +@read'],
    ['', 'off -@all'],
    ['~* +@all', 'off ~* +@all'],
    ['on allkeys allcommands', 'on ~* +@all'],
    ['on  ~a   ~a ~b +GET', 'on ~a ~b -@all +get'],
    ['on ~* +get -get', 'on ~* -@all -get'],
    ['on ~* +config|get -config', 'on ~* -@all -config'],
    ['on ~* &news:* +@pubsub', 'on ~* resetchannels &news:* -@all +@pubsub'],
    ['on ~* &* +@all', 'on ~* &* +@all'],
    ['on %RW~x %r~y +get', 'on ~x %R~y -@all +get'],
    ['on ~a +get (~b +set)', 'on ~a -@all +get (~b resetchannels -@all +set)'],
    ['on ~* +json.get +ft.search +hexpire', 'on ~* -@all +json.get +ft.search +hexpire'],
  ])('%j becomes %j', (given, normal) => {
    expect(normalizeAccessString(given)).toBe(normal);
  });

  it.each([
    'on ~* +@all >secret-password-123',
    'on #0123456789abcdef',
    'on nopass ~* +@all',
    'on ~* +@all reset',
    'on ~* +nosuchcommand',
    'on ~* +@nosuchcategory',
    'on ~* +config|nosuch',
    'on ~*\n+@all',
    'on ~* ~a +get',
    'on (~a +get',
    'hello',
    '~',
    '+',
    `on ${'~a '.repeat(10_000)}`,
  ])('refuses %j', (given) => {
    expect(() => normalizeAccessString(given, ['input', 'accessString'])).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', inputPath: ['input', 'accessString'] }) as Error,
    );
  });

  it('never repeats a password in its error', () => {
    expect(() => normalizeAccessString('on >secret-password-123')).not.toThrow(/secret-password-123/);
    expect(() => normalizeAccessString('on >secret-password-123')).toThrow(ExpectedFailure);
  });

  it('parses its normal form to the same rules', () => {
    fc.assert(
      fc.property(accessString, (text) => {
        const normal = normalizeAccessString(text);
        expect(normalizeAccessString(normal)).toBe(normal);
        const { channels: _, ...read } = parseAccessString(text);
        expect(parseAccessString(normal)).toMatchObject(read);
      }),
    );
  });

  it('rejects any invalid text with an ExpectedFailure', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          normalizeAccessString(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpectedFailure);
        }
      }),
    );
  });
});
