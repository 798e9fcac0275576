import * as z from 'zod';
import { integer } from './integer.js';
import { limitsSchema } from './limits/limits-schema.js';
import { authenticationSchema } from './authentication.js';
import { channelsSchema } from './channels.js';
import { readCidr } from '../runtime/network/cidr.js';
import { allowedOriginFault } from '../runtime/network/web-origin.js';
import { proxyHeaders } from './proxy-headers.js';
import { introspectionSettings } from './introspection-setting.js';
import { logLevels } from '../telemetry/log.js';

const port = integer(0, 65_535);

/** How a cluster's data is entered: the password comes from elsewhere, so that the file holds no secret. */
const clusterSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/, 'expected a letter, then up to 39 letters, digits and hyphens'),
    endpoint: z.strictObject({ host: z.string().min(1), port: integer(1, 65_535).default(6379) }).optional(),
    /** Found out from the nodes where absent. */
    clusterMode: z.enum(['DISABLED', 'ENABLED']).optional(),
    tls: z.boolean().default(false),
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
  /** Whether ElastiCache is asked for clusters; `serve` then takes region, credentials and endpoint as any AWS SDK does. */
  elasticache: z.boolean().default(true),
  /** PEM file of the authority that signed the certificates of clusters with TLS; the system's where absent. */
  caFile: z.string().min(1).optional(),
  /** Pages that may use the API, beside those of this machine. */
  allowedOrigins: z
    .array(
      z.string().superRefine((origin, context) => {
        const message = allowedOriginFault(origin);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      }),
    )
    .default([]),
  /** Request headers that those pages may set, beside those that GraphQL clients and tracing use. */
  allowedHeaders: z.array(z.string().regex(/^[\w!#$%&'+.^`|~-]+$/, 'expected the name of a header')).default([]),
  /** Names that the API is reached by, beside addresses and names of this machine. */
  allowedHosts: z
    .array(z.string().regex(/^[^\s/:,*]+$/, 'expected a host name without scheme, port and wildcard'))
    .optional(),
  /** Proxies whose report of their client's address is believed. */
  trustedProxies: z
    .array(
      z.string().refine((text) => readCidr(text) !== undefined, {
        message: 'expected an address or a range, as "10.0.0.0/8", that has not every address in it',
      }),
    )
    .default([]),
  trustedProxyHeader: z.enum(proxyHeaders).default('x-forwarded-for'),
  /** Whether GraphiQL is served; `dev` does unless told otherwise, `serve` if told so. */
  graphiql: z.boolean().optional(),
  /** Who may read the schema, of those who are admitted at all. */
  introspection: z.enum(introspectionSettings).default('everyone'),
  clusters: z.array(clusterSchema).default([]),
  channels: channelsSchema.prefault({}),
  limits: limitsSchema.prefault({}),
  /** Documents that may be asked for by their hashes, and whether nothing else may be. */
  persistedOperations: z.strictObject({ file: z.string().min(1), only: z.boolean().default(false) }).optional(),
  authentication: authenticationSchema.prefault({}),
  /** Who may do what; nobody has to authenticate where absent. */
  accessFile: z.string().min(1).optional(),
  /** File that records mutations, one line each; they are in the log where absent. */
  auditLog: z.string().min(1).optional(),
  /** Whether `/metrics` is served. */
  metrics: z.boolean().default(true),
  insecure: z.boolean().default(false),
});

/** Patterns of the configuration are matched against every channel, so that they have the limit of those that clients send. */
export const configSchema = settingsSchema.superRefine(({ channels, limits: { maxPatternLength } }, context) => {
  for (const part of ['history', 'presence'] as const) {
    for (const [at, { pattern }] of channels[part].entries()) {
      if (Buffer.byteLength(pattern) <= maxPatternLength) continue;
      const message = `expected at most ${maxPatternLength} bytes (limits.maxPatternLength)`;
      context.addIssue({ code: 'custom', path: ['channels', part, at, 'pattern'], message });
    }
  }
});

/** The whole configuration, parsed once; nothing reads the environment after it, but the AWS SDK its own names. */
export type Config = Readonly<z.infer<typeof configSchema>>;
export type ConfiguredAccess = Config['clusters'][number];
