import * as z from 'zod';
import { readCidr } from '../runtime/network/cidr.js';
import { allowedOriginFault } from '../runtime/network/web-origin.js';
import { logLevels } from '../telemetry/log.js';
import { authenticationSchema } from './authentication.js';
import { channelsSchema } from './channels.js';
import { integer } from './integer.js';
import { introspectionSettings } from './introspection-setting.js';
import { limitsSchema } from './limits/limits-schema.js';
import { proxyHeaders } from './proxy-headers.js';

const port = integer(0, 65_535);

/** An entry of `clusters`. Passwords come from the environment or a file, so that the configuration contains no secret. */
const clusterSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/, 'expected a letter, then up to 39 letters, digits and hyphens'),
    endpoint: z.strictObject({ host: z.string().min(1), port: integer(1, 65_535).default(6379) }).optional(),
    /** Detected from the nodes if undefined. */
    clusterMode: z.enum(['DISABLED', 'ENABLED']).optional(),
    tls: z.boolean().default(false),
    /** The number of the database in which its keys are; 0 if undefined. Two entries may name two databases of one endpoint. */
    database: integer(0, 2_147_483_647).optional(),
    username: z.string().min(1).optional(),
    passwordEnv: z.string().min(1).optional(),
    passwordFile: z.string().min(1).optional(),
  })
  .refine((cluster) => cluster.passwordEnv === undefined || cluster.passwordFile === undefined, {
    message: 'expected passwordEnv or passwordFile, not both',
  });

const settingsSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: port.default(4000),
  elasticachePort: port.default(4566),
  dataDir: z.string().min(1).default('.cachegraph'),
  logLevel: z.enum(logLevels).optional(),
  /** Whether the API uses ElastiCache. `serve` then finds region, credentials and endpoint as any AWS SDK does. */
  elasticache: z.boolean().default(true),
  /** PEM file of the authority that signed the certificates of clusters with TLS; the system's authorities if undefined. */
  caFile: z.string().min(1).optional(),
  /** Origins of pages that may use the API, in addition to those of this machine. */
  allowedOrigins: z
    .array(
      z.string().superRefine((origin, context) => {
        const message = allowedOriginFault(origin);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      }),
    )
    .default([]),
  /** Request headers that those pages may set, in addition to those of GraphQL clients and tracing. */
  allowedHeaders: z.array(z.string().regex(/^[\w!#$%&'+.^`|~-]+$/, 'expected the name of a header')).default([]),
  /** Host names by which clients reach the API, in addition to addresses and names of this machine. */
  allowedHosts: z
    .array(z.string().regex(/^[^\s/:,*]+$/, 'expected a host name without scheme, port and wildcard'))
    .optional(),
  /** Proxies that are trusted to report the address of their client. */
  trustedProxies: z
    .array(
      z.string().refine((text) => readCidr(text) !== undefined, {
        message: 'expected an address or a range, as "10.0.0.0/8", that has not every address in it',
      }),
    )
    .default([]),
  trustedProxyHeader: z.enum(proxyHeaders).default('x-forwarded-for'),
  /** Whether GraphiQL is served; by default in `dev` only. */
  graphiql: z.boolean().optional(),
  /** Which of the admitted callers may read the schema. */
  introspection: z.enum(introspectionSettings).default('everyone'),
  clusters: z.array(clusterSchema).default([]),
  channels: channelsSchema.prefault({}),
  limits: limitsSchema.prefault({}),
  /** Documents that clients may request by their hashes, and whether all others are refused. */
  persistedOperations: z.strictObject({ file: z.string().min(1), only: z.boolean().default(false) }).optional(),
  authentication: authenticationSchema.prefault({}),
  /** The file of roles, grants and API keys; without it callers do not have to authenticate. */
  accessFile: z.string().min(1).optional(),
  /** File that records mutations, one line each; undefined for the log. */
  auditLog: z.string().min(1).optional(),
  metrics: z.boolean().default(true),
  insecure: z.boolean().default(false),
});

/** Patterns of the configuration are matched against every channel. They therefore have the same limit as those of clients. */
export const configSchema = settingsSchema.superRefine(({ channels, limits: { maxPatternLength } }, context) => {
  for (const part of ['history', 'presence'] as const) {
    for (const [at, { pattern }] of channels[part].entries()) {
      if (Buffer.byteLength(pattern) <= maxPatternLength) continue;
      const message = `expected at most ${maxPatternLength} bytes (limits.maxPatternLength)`;
      context.addIssue({ code: 'custom', path: ['channels', part, at, 'pattern'], message });
    }
  }
});

/** The complete configuration, parsed once. Nothing reads the environment afterwards, except the AWS SDK its own variables. */
export type Config = Readonly<z.infer<typeof configSchema>>;
export type ConfiguredAccess = Config['clusters'][number];
