// Builds dist/main.js (or main.js in the folder that is given): the program and the libraries that it uses, in few files. Node spends most of a start on finding, reading
// and checking files, and node_modules has 1,700 of them for one start. docs/decisions/bundle.md has the figures.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

/** CommonJS libraries in a bundle of ES modules call `require` for what Node itself provides. */
const requireForLibraries = [
  "import { createRequire as createRequireForLibraries } from 'node:module';",
  'const require = createRequireForLibraries(import.meta.url);',
].join('\n');

const [folder = 'dist'] = process.argv.slice(2);
// Names of files contain hashes: those of earlier builds would stay for ever.
await rm(folder, { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts'],
  outdir: folder,
  bundle: true,
  // What is imported by `import()` is a file of its own, read when it is needed.
  splitting: true,
  // As deep in the package as the sources in `src/cli/` are, so that paths to its other files are the same.
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.11',
  // ES modules where a library has both forms, whoever asks: one copy of `graphql`, and only the parts that are used.
  mainFields: ['module', 'main'],
  external: [
    // Its owner's OpenTelemetry SDK and this program shall share one.
    '@opentelemetry/api',
    // One string of 9 MB, read when GraphiQL is first opened.
    '@graphql-yoga/render-graphiql',
  ],
  sourcemap: 'linked',
  legalComments: 'none',
  banner: { js: requireForLibraries },
  logLevel: 'warning',
});
