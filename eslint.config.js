import graphql from '@graphql-eslint/eslint-plugin';
import { defineConfig } from 'eslint/config';
import prettier from 'eslint-config-prettier';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** A folder of `src`, as import-x zones name it. */
const folder = (name) => `./src/${name}`;

/**
 * Imports run one way: main → server → schema → resolvers → datasources → domain; a layer may skip downwards.
 * `telemetry` may be used by all and uses only `domain`. `local-elasticache` stands apart: the API reaches it by URL.
 */
const layers = ['server', 'schema', 'resolvers', 'datasources', 'telemetry', 'domain'];
const oneWay = layers.flatMap((layer, depth) =>
  layers
    .slice(0, depth)
    .map((above) => ({ target: folder(layer), from: folder(above), message: `${layer} may not import ${above}.` })),
);
const apart = [
  ...layers.map((layer) => ({
    target: folder(layer),
    from: folder('local-elasticache'),
    message: 'Only main.ts and tests may import local-elasticache; the API reaches it by URL.',
  })),
  ...layers
    .filter((layer) => layer !== 'domain' && layer !== 'telemetry')
    .map((layer) => ({
      target: folder('local-elasticache'),
      from: folder(layer),
      message: 'local-elasticache imports domain and telemetry only.',
    })),
];

/**
 * Rooms of the server, each of which may import those after it: http and streaming share a place, since a response begins as HTTP.
 * `graceful-shutdown.ts`, which all of them ask, and `server.ts`, which opens all of them, are in no room.
 */
const rooms = [
  ['websocket'],
  ['http', 'streaming'],
  ['delivery'],
  ['observation'],
  ['execution'],
  ['admission'],
  ['limits'],
];
const oneWayInServer = rooms.flatMap((below, depth) =>
  below.flatMap((room) =>
    rooms
      .slice(0, depth)
      .flat()
      .map((above) => ({
        target: folder(`server/${room}`),
        from: folder(`server/${above}`),
        message: `server/${room} may not import server/${above}.`,
      })),
  ),
);

const restrict = (files, packages, message) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: packages.map((name) => ({ regex: `^${name}(/|$)`, message })) }],
  },
});

export default defineConfig(
  { ignores: ['**/dist', 'coverage', 'bench', 'examples/*/src/graphql-env.d.ts', '.cachegraph'] },
  {
    files: ['**/*.{ts,js}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js'] }, typescript: true } },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: [...oneWay, ...oneWayInServer, ...apart] }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
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
    ['src/domain/**'],
    ['graphql', '@pothos', 'redis', '@redis', '@aws-sdk', 'graphql-yoga'],
    'domain is pure: no library of an outer layer.',
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
