import * as z from 'zod';
import { placeOfJsonError } from '../../../interop/json-error-place.js';
import { permissions, permissionsMatching, type Permission } from '../../../domain/access/permissions.js';
import { defaultPatternLimits } from '../../../domain/patterns.js';

/** An invalid access file. The message lists each problem by its path, and never contains a hash. */
export class BrokenAccessFile extends Error {
  override readonly name = 'BrokenAccessFile';
}

type Dimension = 'clusters' | 'keys' | 'channels' | 'groups';

/** The patterns that a grant must have for each kind of permission. They are required, so that omitting one never grants everything. */
const requiredPatterns: Readonly<Record<string, readonly Dimension[]>> = {
  clusters: ['clusters'],
  users: [],
  keys: ['clusters', 'keys'],
  channels: ['clusters', 'channels'],
  streams: ['clusters', 'keys'],
  groups: ['clusters', 'keys', 'groups'],
  nodes: ['clusters'],
  server: [],
} satisfies Record<NounOf<Permission>, readonly Dimension[]>;
type NounOf<Name extends string> = Name extends `${infer Noun}:${string}` ? Noun : never;

const pattern = z.string().min(1);
const patterns = z.array(pattern).min(1).optional();

const grantSchema = z
  .strictObject({
    operations: z.array(z.string()).min(1),
    clusters: patterns,
    keys: patterns,
    channels: patterns,
    groups: patterns,
  })
  .superRefine((grant, context) => {
    for (const [at, text] of grant.operations.entries()) {
      const matching = permissionsMatching(text);
      if (matching.length === 0) {
        const message = `unknown permission ${JSON.stringify(text)}; expected * or one of ${permissions.join(', ')}; either part may be *`;
        context.addIssue({ code: 'custom', path: ['operations', at], message });
      }
      const required = new Set(
        matching.flatMap((permission) => requiredPatterns[permission.split(':', 1)[0] ?? ''] ?? []),
      );
      for (const dimension of required) {
        if (grant[dimension]) continue;
        const message = `expected patterns of ${dimension}, because the grant has ${text}; ["*"] matches all`;
        context.addIssue({ code: 'custom', path: [dimension], message });
      }
    }
  })
  .transform(({ operations: allowed, clusters = [], keys = [], channels = [], groups = [] }) => {
    return { operations: allowed, clusters, keys, channels, groups };
  });

const name = z.string().min(1).max(128);
const roleNames = z.array(name);

const bindingSchema = z.union(
  [
    z.strictObject({
      claim: z.union([name, z.array(name).min(1)]),
      value: pattern,
      roles: roleNames,
    }),
    z.strictObject({ everyToken: z.literal(true), roles: roleNames }),
  ],
  { error: 'expected { "claim", "value", "roles" } or { "everyToken": true, "roles" }' },
);

const apiKeySchema = z.strictObject({
  name,
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'expected 64 hexadecimal digits, as `cachegraph api-key` prints them')
    .transform((hash) => hash.toLowerCase()),
  roles: roleNames,
  expiresAt: z.iso
    .datetime({ offset: true, error: 'expected a date and time, e.g. 2027-01-31T00:00:00Z' })
    .transform((text) => Date.parse(text))
    .optional(),
});

const fileSchema = z
  .strictObject({
    roles: z.record(name, z.strictObject({ grants: z.array(grantSchema) })).default({}),
    bindings: z.array(bindingSchema).default([]),
    apiKeys: z.array(apiKeySchema).default([]),
    anonymous: z.strictObject({ roles: roleNames }).optional(),
  })
  .superRefine(({ roles, bindings, apiKeys, anonymous }, context) => {
    const known = new Set(Object.keys(roles));
    const check = (given: readonly string[], path: readonly (string | number)[]): void => {
      for (const [at, role] of given.entries()) {
        if (known.has(role)) continue;
        const expected = known.size > 0 ? `expected one of ${[...known].join(', ')}` : 'the file defines no roles';
        const message = `unknown role ${JSON.stringify(role)}; ${expected}`;
        context.addIssue({ code: 'custom', path: [...path, 'roles', at], message });
      }
    };
    for (const [at, binding] of bindings.entries()) check(binding.roles, ['bindings', at]);
    for (const [at, key] of apiKeys.entries()) check(key.roles, ['apiKeys', at]);
    if (anonymous) check(anonymous.roles, ['anonymous']);
    for (const part of ['name', 'sha256'] as const) {
      const seen = new Set<string>();
      for (const [at, { [part]: value }] of apiKeys.entries()) {
        const message = `expected a unique ${part}; an earlier API key has the same one`;
        if (seen.has(value)) context.addIssue({ code: 'custom', path: ['apiKeys', at, part], message });
        seen.add(value);
      }
    }
  });

/** The roles, bindings and API keys of an access file. */
export type AccessFile = Readonly<z.infer<typeof fileSchema>>;
export type ApiKey = AccessFile['apiKeys'][number];

/**
 * Parses the text of an access file. One problem anywhere makes the whole file invalid.
 * @throws BrokenAccessFile
 */
export function parseAccessFile(text: string, maxPatternLength = defaultPatternLimits.maxPatternLength): AccessFile {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    // The message of JSON.parse quotes the text around the error, which may be a hash.
    throw new BrokenAccessFile(`it is not JSON${placeOf(error, text)}.`);
  }
  const parsed = fileSchema.safeParse(content);
  const problems = parsed.success
    ? tooLongPatterns(parsed.data, maxPatternLength)
    : parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new BrokenAccessFile([...new Set(problems)].join('\n  '));
}

/** A problem for each pattern that is too long. Patterns are matched in every request, so their length costs time. */
function tooLongPatterns({ roles, bindings }: AccessFile, max: number): string[] {
  const ofRoles = Object.entries(roles).flatMap(([role, { grants }]) =>
    grants.flatMap((grant, at) =>
      (['clusters', 'keys', 'channels', 'groups'] as const).flatMap((dimension) =>
        grant[dimension].map((text, index) => [`roles.${role}.grants.${at}.${dimension}.${index}`, text] as const),
      ),
    ),
  );
  const ofBindings = bindings.flatMap((binding, at) =>
    'value' in binding ? [[`bindings.${at}.value`, binding.value] as const] : [],
  );
  return [...ofRoles, ...ofBindings]
    .filter(([, text]) => Buffer.byteLength(text) > max)
    .map(([path, text]) => `${path}: expected at most ${max} bytes, got ${Buffer.byteLength(text)}`);
}

/** The line and column of a syntax error in JSON, if Node gives its position. */
function placeOf(error: unknown, text: string): string {
  const place = placeOfJsonError(error, text);
  return place ? ` (line ${place.line}, column ${place.column})` : '';
}
