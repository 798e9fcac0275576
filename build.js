// Builds dist/main.js, or main.js in the folder that is given: the program and the libraries that it uses, in few files. Node spends
// most of a start on finding, reading and checking files, of which one start would read 1,466. See docs/decisions/bundle.md.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** CommonJS libraries in a bundle of ES modules call `require` for what Node itself provides. */
const requireForLibraries = [
  "import { createRequire as createRequireForLibraries } from 'node:module';",
  'const require = createRequireForLibraries(import.meta.url);',
].join('\n');

const [folder = 'dist'] = process.argv.slice(2);
// Names of files contain hashes: those of earlier builds would stay for ever.
await rm(folder, { recursive: true, force: true });
const { metafile } = await build({
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
  metafile: true,
});
await writeFile(join(folder, 'licenses.txt'), await licensesOf(Object.keys(metafile.inputs)));

/** The licences of the libraries that these files belong to: whoever passes on the bundle passes on copies of them. */
async function licensesOf(files) {
  const folders = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
  const texts = [...folders].sort().map(async (library) => {
    const { name, version, license } = JSON.parse(await readFile(join(library, 'package.json'), 'utf8'));
    const names = (await readdir(library)).filter((file) => /^(licen[cs]e|notice)/i.test(file));
    const parts = await Promise.all(names.map((file) => readFile(join(library, file), 'utf8')));
    return [`${name} ${version} (${license})`, ...parts].join('\n\n');
  });
  return (await Promise.all(texts)).join(`\n\n${'-'.repeat(80)}\n\n`);
}
