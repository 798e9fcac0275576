import * as z from 'zod';
import { placeOfJsonError } from '../../../interop/json-error-place.js';
import { permissions, permissionsMatching, type Permission } from '../../../domain/access/permissions.js';
import { defaultPatternLimits } from '../../../domain/patterns.js';

/** An access file that says something wrong; the message names each fault by its path, and never a hash. */
export class BrokenAccessFile extends Error {
  override readonly name = 'BrokenAccessFile';
}

type Dimension = 'clusters' | 'keys' | 'channels' | 'groups';

/** By which patterns an operation is bounded: a grant that has it names them, so that nothing is given by leaving it out. */
const bounds: Readonly<Record<string, readonly Dimension[]>> = {
  clusters: ['clusters'],
  users: [],
  keys: ['clusters', 'keys'],
  channels: ['clusters', 'channels'],
  streams: ['clusters', 'keys'],
  groups: ['clusters', 'keys', 'groups'],
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
    for (const [at, asked] of grant.operations.entries()) {
      const meant = permissionsMatching(asked);
      if (meant.length === 0) {
        const message = `no operation is called ${JSON.stringify(asked)}; expected *, or any of ${permissions.join(', ')}, with * for either part`;
        context.addIssue({ code: 'custom', path: ['operations', at], message });
      }
      const needed = new Set(meant.flatMap((operation) => bounds[operation.split(':', 1)[0] ?? ''] ?? []));
      for (const dimension of needed) {
        if (grant[dimension]) continue;
        const message = `expected patterns of ${dimension}, as the grant has ${asked}; ["*"] for all`;
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
    .datetime({ offset: true, error: 'expected a date and time, as 2027-01-31T00:00:00Z' })
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
        const there = known.size > 0 ? `expected any of ${[...known].join(', ')}` : 'the file has none';
        const message = `no role is called ${JSON.stringify(role)}; ${there}`;
        context.addIssue({ code: 'custom', path: [...path, 'roles', at], message });
      }
    };
    for (const [at, binding] of bindings.entries()) check(binding.roles, ['bindings', at]);
    for (const [at, key] of apiKeys.entries()) check(key.roles, ['apiKeys', at]);
    if (anonymous) check(anonymous.roles, ['anonymous']);
    for (const part of ['name', 'sha256'] as const) {
      const seen = new Set<string>();
      for (const [at, { [part]: value }] of apiKeys.entries()) {
        const message = `expected another ${part} than that of an API key before it`;
        if (seen.has(value)) context.addIssue({ code: 'custom', path: ['apiKeys', at, part], message });
        seen.add(value);
      }
    }
  });

/** Who may do what, as the access file says it. */
export type AccessFile = Readonly<z.infer<typeof fileSchema>>;
export type ApiKey = AccessFile['apiKeys'][number];

/**
 * Reads the text of an access file, whole or not at all.
 * @throws BrokenAccessFile
 */
export function parseAccessFile(text: string, maxPatternLength = defaultPatternLimits.maxPatternLength): AccessFile {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    // JSON.parse itself quotes the text around the fault, which may be a hash.
    throw new BrokenAccessFile(`it is not JSON${placeOf(error, text)}.`);
  }
  const parsed = fileSchema.safeParse(content);
  const faults = parsed.success
    ? tooLongPatterns(parsed.data, maxPatternLength)
    : parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  if (parsed.success && faults.length === 0) return parsed.data;
  throw new BrokenAccessFile([...new Set(faults)].join('\n  '));
}

/** A fault for each pattern beyond the limit; they are matched against the names of every request. */
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

function placeOf(error: unknown, text: string): string {
  const place = placeOfJsonError(error, text);
  return place ? `, from line ${place.line}, column ${place.column} on` : '';
}
