import { StartupError } from '../runtime/startup-error.js';
import { withPatterns } from './channels.js';
import { configSchema, type Config } from './config.js';
import { readConfigFile } from './read-config-file.js';

/** The given command-line flags, by the names of the configuration. */
export type Flags = Readonly<
  Partial<Record<'host' | 'port' | 'elasticachePort' | 'dataDir' | 'logLevel' | 'config' | 'introspection', string>>
> & {
  readonly insecure?: boolean;
  readonly graphiql?: boolean;
  /** The access file. */
  readonly access?: string;
  /** Patterns of channels, which replace `channels.history` and `channels.presence` of the file. */
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
 * Merges flags over environment over file over defaults.
 * @throws StartupError that names each invalid value, its origin, what was expected and what was received
 */
export async function loadConfig(flags: Flags, env: NodeJS.ProcessEnv): Promise<Config> {
  const { config: flaggedFile, history, presence, access, ...others } = flags;
  const flagged = access === undefined ? others : { ...others, accessFile: access };
  const file = flaggedFile ?? env['CACHEGRAPH_CONFIG'];
  const fromFile: Record<string, unknown> = file === undefined ? {} : await readConfigFile(file);
  const channels = withPatterns(fromFile['channels'], {
    history: history ?? splitList(env['CACHEGRAPH_HISTORY']),
    presence: presence ?? splitList(env['CACHEGRAPH_PRESENCE']),
  });
  const fromEnvironment = Object.fromEntries(
    Object.entries(environmentNames).flatMap(([key, name]) =>
      env[name] ? [[key, lists.has(key) ? splitList(env[name]) : env[name]]] : [],
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
      throw new StartupError(jwtWithoutAccessFile);
    return Object.freeze(parsed.data);
  }
  const faults = parsed.error.issues.map(({ path, message, input }) => {
    const [key = '', ...rest] = path.map(String);
    const name = origin(key) === file ? `${file}: ${path.join('.') || 'the file'}` : [origin(key), ...rest].join('.');
    return `${name}: ${message}${receivedValue(path.at(-1), input)}`;
  });
  throw new StartupError(`The configuration is invalid.\n  ${faults.join('\n  ')}`);
}

const secretName = /passw|secret|token|credential|api_?key/i;

/** The received value, if it is a plain one: an object may contain anything, even a password in the wrong place. */
function receivedValue(key: PropertyKey | undefined, input: unknown): string {
  if (input === undefined || (typeof input === 'object' && input !== null)) return '';
  return `; got ${secretName.test(String(key)) ? 'a value that is not repeated here' : JSON.stringify(input)}`;
}

const jwtWithoutAccessFile =
  'The configuration is invalid.\n  authentication.jwt: expected an access file too, because tokens have no grants without one: ' +
  '--access FILE, CACHEGRAPH_ACCESS_FILE or accessFile';

/** Splits a list in an environment variable at spaces. */
function splitList(text: string | undefined): readonly string[] | undefined {
  return text === undefined ? undefined : text.split(/\s+/).filter((item) => item !== '');
}
