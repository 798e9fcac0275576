import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import * as z from 'zod';
import type { Config } from '../config/config.js';
import { loadConfig, type Flags } from '../config/load-config.js';
import type { ApiKeyFlags } from './commands/api-key.js';
import { requireUtf8 } from '../app/require-utf8.js';
import { StartupError } from '../runtime/startup-error.js';

const flags = {
  host: new Option('--host <address>', 'address to listen on (HOST, default 127.0.0.1)'),
  port: new Option('--port <number>', 'port of the API (PORT, default 4000)'),
  elasticachePort: new Option(
    '--elasticache-port <number>',
    'port of the local ElastiCache endpoint (CACHEGRAPH_ELASTICACHE_PORT, default 4566)',
  ),
  dataDir: new Option(
    '--data-dir <folder>',
    'state and data of the local ElastiCache (CACHEGRAPH_DATA_DIR, default .cachegraph)',
  ),
  logLevel: new Option('--log-level <level>', 'fatal, error, warn, info, debug, trace or silent (LOG_LEVEL)'),
  config: new Option('--config <file>', 'configuration as JSON (CACHEGRAPH_CONFIG)'),
  access: new Option(
    '--access <file>',
    'permissions: roles, bindings and API keys as JSON; without it callers do not have to authenticate (CACHEGRAPH_ACCESS_FILE)',
  ),
  graphiql: new Option('--graphiql', 'serve GraphiQL at the endpoint (default for dev)'),
  introspection: new Option(
    '--introspection <callers>',
    'who may read the schema: everyone who is admitted, permitted (callers with server:read) or none (CACHEGRAPH_INTROSPECTION)',
  ),
  allowedOrigins: new Option(
    '--allowed-origins <origins...>',
    'origins of pages that may use the API, such as https://admin.example.com or https://*.example.com (CACHEGRAPH_ALLOWED_ORIGINS)',
  ),
  allowedHosts: new Option(
    '--allowed-hosts <names...>',
    'host names by which clients reach the server, in addition to addresses and localhost (CACHEGRAPH_ALLOWED_HOSTS)',
  ),
  insecure: new Option('--insecure', 'listen beyond this machine although callers do not have to authenticate'),
  history: new Option(
    '--history <patterns...>',
    'channels whose last 100 messages are kept for later subscribers (CACHEGRAPH_HISTORY)',
  ),
  presence: new Option('--presence <patterns...>', 'channels whose subscribers can be seen (CACHEGRAPH_PRESENCE)'),
} satisfies Record<string, Option>;

/** The flags that `dev` and `serve` share, after those of their addresses. */
const apiFlags = [
  'logLevel',
  'config',
  'access',
  'graphiql',
  'introspection',
  'allowedOrigins',
  'allowedHosts',
  'insecure',
  'history',
  'presence',
] as const;

/** The work of a command. Its configuration is already validated, and `run` reports what it throws. */
type Action = (config: Config) => Promise<void>;

/** Runs one command line. Errors that users can fix are printed without a stack; the exit code is 1. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('cachegraph')
    .description('A GraphQL API for Amazon ElastiCache and Valkey.')
    .version(readVersion())
    .showHelpAfterError();
  const add = (
    name: string,
    description: string,
    names: readonly (keyof typeof flags)[],
    load: () => Promise<Action>,
  ) => {
    const command = program.command(name).description(description);
    for (const flag of names) command.addOption(flags[flag]);
    command.action(async (given: Flags) => {
      const config = await loadConfig(given, process.env);
      const action = await load();
      await action(config);
    });
  };

  add(
    'dev',
    'the API with a local ElastiCache of real Valkey; everything on this machine',
    ['host', 'port', 'elasticachePort', 'dataDir', ...apiFlags],
    async () => (await import('./commands/dev.js')).dev,
  );
  add(
    'serve',
    'the API alone, for ElastiCache on AWS and the deployments that the configuration names',
    ['host', 'port', ...apiFlags],
    async () => (await import('./commands/serve.js')).serve,
  );
  add(
    'elasticache',
    'the local ElastiCache endpoint alone, for any AWS CLI, SDK or Terraform',
    ['host', 'elasticachePort', 'dataDir', 'logLevel', 'config', 'allowedHosts', 'insecure'],
    async () => (await import('./commands/elasticache.js')).elasticache,
  );
  add('schema', 'prints the GraphQL schema', [], async () => (await import('./commands/schema.js')).printSchema);
  add(
    'reset',
    'removes all state and data of the local ElastiCache',
    ['dataDir', 'config'],
    async () => (await import('./commands/reset.js')).reset,
  );

  program
    .command('api-key <name>')
    .description('makes an API key, and its entry for the access file')
    .option('--roles <roles...>', 'roles of the access file')
    .option('--expires <time>', 'when it expires, e.g. 2027-01-31T00:00:00Z')
    .action(async (name: string, given: ApiKeyFlags) => (await import('./commands/api-key.js')).apiKey(name, given));
  program
    .command('access-check <file>')
    .description('says whether an access file is valid')
    .action(async (file: string) => (await import('./commands/access-check.js')).accessCheck(file));

  try {
    requireUtf8(argv.slice(2), process.env);
    await program.parseAsync(argv);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  }
}

/** Reads the version from the package.json beside the built code. */
function readVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(manifest)).version;
}

/** Errors that users cannot fix are printed with their stack, to be reported. */
function explain(error: unknown): string {
  if (error instanceof StartupError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
