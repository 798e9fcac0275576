import graphql from '@graphql-eslint/eslint-plugin';
import { defineConfig } from 'eslint/config';
import prettier from 'eslint-config-prettier';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** A folder of `src`, as import-x zones name it. */
const folder = (name) => `./src/${name}`;
const zone = (target, from, except) => ({
  target: folder(target),
  from: folder(from),
  ...(except && { except }),
  message: `${target} may not import ${from}${except ? `, but for ${except.join(' and ')}` : ''}.`,
});

/** Rooms of one folder, from the top down: each may import those after it. Rooms of one line may import each other. */
const oneWay = (parent, lines) =>
  lines.flatMap((line, depth) =>
    line.flatMap((room) =>
      lines
        .slice(0, depth)
        .flat()
        .map((above) => zone(`${parent}${room}`, `${parent}${above}`)),
    ),
  );
/** Rooms that may not import each other at all. */
const apart = (parent, rooms) =>
  rooms.flatMap((room) =>
    rooms.filter((other) => other !== room).map((other) => zone(`${parent}${room}`, `${parent}${other}`)),
  );
/** Files from which a room may be entered. */
const door = (room, files, others) => others.map((other) => zone(other, room, files));

/** Imports run one way; a layer may skip layers below it. */
const layers = ['cli', 'app', 'server', 'schema', 'resolvers', 'datasources', 'domain', 'runtime'];
const zones = [
  ...oneWay(
    '',
    layers.map((layer) => [layer]),
  ),
  // Beside the layers.
  ...['cli', 'app', 'server', 'schema', 'resolvers', 'datasources'].flatMap((layer) => [
    zone('config', layer),
    zone('telemetry', layer),
    zone('interop', layer),
    zone('local-elasticache', layer),
  ]),
  ...['schema', 'resolvers', 'datasources', 'domain', 'runtime', 'telemetry', 'interop', 'local-elasticache'].map(
    (layer) => zone(layer, 'config'),
  ),
  ...['schema', 'domain', 'runtime', 'interop'].map((layer) => zone(layer, 'telemetry')),
  ...['domain', 'runtime'].map((layer) => zone(layer, 'interop')),
  zone('interop', 'domain'),
  // The API reaches it by URL, through the AWS SDK.
  ...['cli', 'server', 'schema', 'resolvers', 'datasources', 'domain', 'runtime', 'config', 'telemetry', 'interop'].map(
    (layer) => zone(layer, 'local-elasticache'),
  ),

  ...oneWay('server/', [
    ['websocket'],
    ['http'],
    ['streaming'],
    ['delivery'],
    ['responses'],
    ['observation'],
    ['execution'],
    ['admission'],
    ['limits'],
  ]),
  ...oneWay('server/execution/', [['prepare'], ['compiled'], ['results'], ['request']]),
  ...oneWay('schema/', [
    ['consumer-group', 'transaction', 'tag', 'snapshot'],
    ['stream'],
    ['key', 'channel', 'user', 'parameter-group', 'subnet-group', 'event'],
    ['cluster'],
    ['shared'],
  ]),
  ...apart('schema/', ['key', 'channel', 'user', 'parameter-group', 'subnet-group', 'event']),
  ...apart('schema/', ['consumer-group', 'tag']),
  ...oneWay('resolvers/', [
    ['consumer-group', 'transaction', 'tag', 'snapshot'],
    ['stream'],
    ['key', 'channel', 'user', 'cluster', 'parameter-group', 'subnet-group', 'event'],
    ['shared'],
  ]),
  ...apart('resolvers/', ['key', 'channel', 'user', 'cluster', 'parameter-group', 'subnet-group', 'event']),
  ...apart('resolvers/', ['consumer-group', 'tag']),
  ...oneWay('domain/', [['user'], ['cluster'], ['access']]),
  ...apart('domain/', ['user', 'realtime', 'access']),

  ...oneWay('datasources/', [['realtime', 'elasticache', 'jobs', 'exports'], ['valkey']]),
  ...apart('datasources/', ['realtime', 'elasticache', 'jobs', 'exports']),
  ...oneWay('datasources/valkey/', [['values'], ['connections']]),
  ...oneWay('datasources/valkey/connections/', [['subscribers', 'tracking'], ['routing'], ['topology'], ['nodes']]),
  ...oneWay('datasources/realtime/', [
    ['presence', 'consumer-groups', 'keys', 'metrics'],
    ['channels'],
    ['streams'],
    ['shared'],
  ]),
  ...apart('datasources/realtime/', ['presence', 'consumer-groups', 'keys', 'metrics']),
  ...apart('datasources/realtime/', ['channels', 'metrics']),
  ...apart('datasources/realtime/', ['streams', 'metrics']),
  ...apart('datasources/realtime/', ['channels', 'consumer-groups']),
  ...door('datasources/realtime', ['./realtime.ts', './interfaces.ts'], ['app', 'server', 'schema', 'resolvers']),
  ...door('datasources/jobs', ['./key-jobs.ts', './interfaces.ts'], ['app', 'server', 'schema', 'resolvers']),
  ...door('datasources/exports', ['./key-exports.ts', './interfaces.ts'], ['app', 'server', 'schema', 'resolvers']),
  ...oneWay('datasources/elasticache/', [['watch'], ['resources']]),

  ...oneWay('local-elasticache/', [['actions'], ['lifecycle'], ['wire'], ['state'], ['nodes']]),
  ...oneWay('local-elasticache/nodes/', [
    ['group', 'scaling'],
    ['shard'],
    ['data', 'replication', 'cluster', 'tls', 'binary'],
    ['process'],
  ]),
];

const restrict = (files, packages, message) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: packages.map((name) => ({ regex: `^${name}(/|$)`, message })) }],
  },
});

export default defineConfig(
  // Import circles are dependency-cruiser's, which sees those of types, too.
  { ignores: ['**/dist', 'coverage', 'bench', 'examples/*/src/graphql-env.d.ts', '.cachegraph'] },
  {
    files: ['**/*.{ts,js}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js'] }, typescript: true } },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-invalid-void-type': ['error', { allowAsThisParameter: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  restrict(
    ['src/domain/**', 'src/runtime/**'],
    ['graphql', '@pothos', 'redis', '@redis', '@aws-sdk', 'graphql-yoga'],
    'domain and runtime are pure: no library of an outer layer.',
  ),
  restrict(
    ['src/resolvers/**'],
    ['graphql', '@pothos', '@aws-sdk', 'redis', '@redis'],
    'Resolvers are plain functions: no Pothos, no graphql, no SDK.',
  ),
  restrict(['src/datasources/**'], ['graphql', '@pothos', 'graphql-yoga'], 'Datasources know nothing of GraphQL.'),
  {
    files: ['test/**'],
    // An answer is JSON whose shape the test itself states.
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
  {
    files: ['schema.graphql'],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: 'schema.graphql' } } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      '@graphql-eslint/require-description': [
        'error',
        { types: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true },
      ],
      '@graphql-eslint/description-style': 'error',
      '@graphql-eslint/naming-convention': [
        'error',
        {
          types: 'PascalCase',
          FieldDefinition: 'camelCase',
          InputValueDefinition: 'camelCase',
          EnumValueDefinition: 'UPPER_CASE',
        },
      ],
      '@graphql-eslint/no-unreachable-types': 'error',
      '@graphql-eslint/relay-page-info': 'off',
    },
  },
  // An example is a package of its own, and what it is typed by may not be installed.
  { files: ['**/*.js', 'examples/**'], extends: [tseslint.configs.disableTypeChecked] },
  prettier,
);
