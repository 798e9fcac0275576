import * as z from 'zod';
import { authenticationSchema } from './authentication.js';
import { channelsSchema, withPatterns } from './channels.js';
import { readTextFile, whyUnreadable } from '../runtime/text-file.js';
import { readCidr } from '../runtime/cidr.js';
import { faultOfAllowedOrigin } from '../runtime/web-origin.js';
import { proxyHeaders } from '../server/admission/forwarded.js';
import { introspectionSettings } from '../server/execution/introspection-setting.js';
import { defaultLimits } from '../server/limits/server-limits.js';
import { StartupError } from '../runtime/startup-error.js';
import { logLevels } from '../telemetry/log.js';

/** A number, also where it comes as text from a flag or the environment. */
const integer = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
    z.number().int().min(min).max(max),
  );
const port = integer(0, 65_535);
const milliseconds = integer(1, 86_400_000);
const bytes = integer(1_024, 1_073_741_824);
const count = integer(1, 1_000_000_000);
const countOrNone = integer(0, 1_000_000_000);
/** What nests is followed by calls, one in another. */
const levels = integer(1, 500);

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

const limitsSchema = z.strictObject({
  maxDocumentLength: count.default(defaultLimits.maxDocumentLength),
  maxTokens: count.default(defaultLimits.maxTokens),
  maxNesting: levels.default(defaultLimits.maxNesting),
  maxDefinitions: count.default(defaultLimits.maxDefinitions),
  maxDepth: levels.default(defaultLimits.maxDepth),
  maxIntrospectionDepth: levels.default(defaultLimits.maxIntrospectionDepth),
  maxRootFields: count.default(defaultLimits.maxRootFields),
  maxBreadth: count.default(defaultLimits.maxBreadth),
  maxFields: count.default(defaultLimits.maxFields),
  maxRepeats: count.default(defaultLimits.maxRepeats),
  maxAliases: countOrNone.default(defaultLimits.maxAliases),
  maxDirectivesPerNode: count.default(defaultLimits.maxDirectivesPerNode),
  maxDirectives: countOrNone.default(defaultLimits.maxDirectives),
  maxListLength: count.default(defaultLimits.maxListLength),
  maxVariableValues: count.default(defaultLimits.maxVariableValues),
  maxCost: count.default(defaultLimits.maxCost),
  maxAnswerLength: count.default(defaultLimits.maxAnswerLength),
  maxErrors: count.default(defaultLimits.maxErrors),
  maxOperationsPerSecond: countOrNone.default(defaultLimits.maxOperationsPerSecond),
  maxCostPerMinute: countOrNone.default(defaultLimits.maxCostPerMinute),
  maxSubscriptionsPerClient: count.default(defaultLimits.maxSubscriptionsPerClient),
  maxSocketsPerClient: count.default(defaultLimits.maxSocketsPerClient),
  maxSocketsPerAddress: count.default(defaultLimits.maxSocketsPerAddress),
  maxOperationsPerSocket: count.default(defaultLimits.maxOperationsPerSocket),
  maxSubscriptionsPerSocket: count.default(defaultLimits.maxSubscriptionsPerSocket),
  maxPatternLength: integer(1, 65_536).default(defaultLimits.maxPatternLength),
  maxPatternsPerSubscription: count.default(defaultLimits.maxPatternsPerSubscription),
  maxPatternsPerClient: count.default(defaultLimits.maxPatternsPerClient),
  maxPatternsPerCluster: count.default(defaultLimits.maxPatternsPerCluster),
  maxBodyBytes: bytes.default(defaultLimits.maxBodyBytes),
  maxMessageBytes: bytes.default(defaultLimits.maxMessageBytes),
  maxBufferedBytes: bytes.default(defaultLimits.maxBufferedBytes),
  stallTimeoutMs: milliseconds.default(defaultLimits.stallTimeoutMs),
  requestTimeoutMs: milliseconds.default(defaultLimits.requestTimeoutMs),
  connectionInitTimeoutMs: milliseconds.default(defaultLimits.connectionInitTimeoutMs),
  operationTimeoutMs: milliseconds.default(defaultLimits.operationTimeoutMs),
  drainTimeoutMs: milliseconds.default(defaultLimits.drainTimeoutMs),
  keepAliveMs: milliseconds.default(defaultLimits.keepAliveMs),
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
        const message = faultOfAllowedOrigin(origin);
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
const configSchema = settingsSchema.superRefine(({ channels, limits: { maxPatternLength } }, context) => {
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

/** Command-line flags that were given, by the names of the configuration. */
export type Flags = Readonly<
  Partial<Record<'host' | 'port' | 'elasticachePort' | 'dataDir' | 'logLevel' | 'config' | 'introspection', string>>
> & {
  readonly insecure?: boolean;
  readonly graphiql?: boolean;
  /** The access file. */
  readonly access?: string;
  /** Patterns of channels, over the file's `channels.history` and `channels.presence`. */
  readonly history?: readonly string[];
  readonly presence?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly allowedHosts?: readonly string[];
};

const environmentNames = {
  host: 'HOST',
  port: 'PORT',
  elasticachePort: 'CACHEGRAPH_ELASTICACHE_PORT',
  dataDir: 'CACHEGRAPH_DATA_DIR',
  logLevel: 'LOG_LEVEL',
  accessFile: 'CACHEGRAPH_ACCESS_FILE',
  introspection: 'CACHEGRAPH_INTROSPECTION',
  allowedOrigins: 'CACHEGRAPH_ALLOWED_ORIGINS',
  allowedHosts: 'CACHEGRAPH_ALLOWED_HOSTS',
} as const;
const lists: ReadonlySet<string> = new Set(['allowedOrigins', 'allowedHosts']);

/**
 * Flags over environment over file over defaults.
 * @throws StartupError that names each wrong value, where it came from, what was expected and what came
 */
export async function loadConfig(flags: Flags, env: NodeJS.ProcessEnv): Promise<Config> {
  const { config: flaggedFile, history, presence, access, ...others } = flags;
  const flagged = access === undefined ? others : { ...others, accessFile: access };
  const file = flaggedFile ?? env['CACHEGRAPH_CONFIG'];
  const fromFile: Record<string, unknown> = file === undefined ? {} : await readConfigFile(file);
  const channels = withPatterns(fromFile['channels'], {
    history: history ?? listIn(env['CACHEGRAPH_HISTORY']),
    presence: presence ?? listIn(env['CACHEGRAPH_PRESENCE']),
  });
  const fromEnvironment = Object.fromEntries(
    Object.entries(environmentNames).flatMap(([key, name]) =>
      env[name] ? [[key, lists.has(key) ? listIn(env[name]) : env[name]]] : [],
    ),
  );
  const origin = (key: string): string => {
    if (key in flagged) return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (key in fromEnvironment) return environmentNames[key as keyof typeof environmentNames];
    return file ?? key;
  };
  const parsed = configSchema.safeParse(
    { ...fromFile, channels, ...fromEnvironment, ...flagged },
    { reportInput: true },
  );
  if (parsed.success) {
    if (parsed.data.authentication.jwt && parsed.data.accessFile === undefined)
      throw new StartupError(tokensWithoutGrants);
    return Object.freeze(parsed.data);
  }
  const faults = parsed.error.issues.map(({ path, message, input }) => {
    const [key = '', ...rest] = path.map(String);
    const name = origin(key) === file ? `${file}: ${path.join('.') || 'the file'}` : [origin(key), ...rest].join('.');
    return `${name}: ${message}${got(path.at(-1), input)}`;
  });
  throw new StartupError(`The configuration is wrong.\n  ${faults.join('\n  ')}`);
}

const secretName = /passw|secret|token|credential|api_?key/i;

/** What came, where that is one plain value: an object may hold anything, a password in the wrong place too. */
function got(key: PropertyKey | undefined, input: unknown): string {
  if (input === undefined || (typeof input === 'object' && input !== null)) return '';
  return `; got ${secretName.test(String(key)) ? 'something that is not repeated here' : JSON.stringify(input)}`;
}

const tokensWithoutGrants =
  'The configuration is wrong.\n  authentication.jwt: expected an access file too, as no token has a grant without one: ' +
  '--access FILE, CACHEGRAPH_ACCESS_FILE or accessFile';

/** Texts with spaces between, as an environment variable holds them. */
function listIn(text: string | undefined): readonly string[] | undefined {
  return text === undefined ? undefined : text.split(/\s+/).filter((item) => item !== '');
}

async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  const text = await readTextFile(path).catch((cause: unknown) => {
    throw new StartupError(`The configuration file ${path} ${whyUnreadable(cause)}.`, { cause });
  });
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content };
  } catch (cause) {
    throw new StartupError(`The configuration file ${path} is not JSON${placeOf(text, cause)}.`, { cause });
  }
  throw new StartupError(`The configuration file ${path} must hold one JSON object.`);
}

/** Where Node's parser stopped. Its own words repeat what stands there. */
function placeOf(text: string, cause: unknown): string {
  const position = cause instanceof Error ? /at position (\d+)/.exec(cause.message)?.[1] : undefined;
  if (position === undefined) return '';
  const lines = text.slice(0, Number(position)).split('\n');
  return `: line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
